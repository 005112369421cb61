"""What reporters have to tell: the same few matters in both languages, each answer by the question that asks for it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One matter. `whole` tells everything at once; `answers` hold one thing each, by question."""

    story: str
    whole: str
    answers: Mapping[str, str]


_ALWAYS_ZH = {
    "understood": "对", "mode": "匿名", "reporter_kind": "市民", "scope": "没有", "evidence": "没有", "confirm": "提交",
    "more_facts": "没有补充", "follow_up": "我自己查", "title": "就用这个", "self_check": "全部保留",
    "long_text": "存成附件", "accused_post": "不清楚", "matter": "其他", "loss": "没有", "delay": "没有",
    "confirmed": "不", "returned_choice": "继续", "reporter_name": "李小红", "contact": "13912345678",
    "address": "跳过", "organisation": "大连蓝天建筑有限公司", "credit_code": "跳过", "industry": "建筑",
    "post": "经理", "code_given": "取消", "office_message": "取消", "message_confirmed": "不发",
}  # fmt: skip
_ALWAYS_EN = {
    "understood": "yes", "mode": "anonymous", "reporter_kind": "citizen", "scope": "no", "evidence": "no files",
    "confirm": "submit", "more_facts": "nothing to add", "follow_up": "with my code", "title": "use this",
    "self_check": "keep all", "long_text": "attach it", "accused_post": "I don't know", "matter": "other",
    "loss": "none", "delay": "none", "confirmed": "no", "returned_choice": "go on", "reporter_name": "Anna Smith",
    "contact": "anna@example.com", "address": "skip", "organisation": "Blue Sky Building Co., Ltd.",
    "credit_code": "skip", "industry": "building", "post": "manager", "code_given": "cancel",
    "office_message": "cancel", "message_confirmed": "do not send",
}  # fmt: skip

ZH = (
    Matter(
        story="窗口的人让我多交五百块钱才给盖章，不交就说材料不全，来回跑了五趟都不给办，问为什么也不说",
        whole="我是市民，要匿名举报：去年十月在服务大厅，甘井子区住建局的王科长让我多交五百块钱才给盖章，"
        "不交就说材料不全，来回跑了五趟，没去过法院",
        answers=_ALWAYS_ZH
        | {"region": "甘井子区", "accused_unit": "住建局", "accused_name": "王科长", "level": "区县级",
           "occurred": "去年十月", "place": "服务大厅", "category": "吃拿卡要"},
    ),
    Matter(
        story="城管的人三天两头来我摊子上罚款，不开票，还把秤拿走了，找他们要说法就骂人，说再闹就别想摆了",
        whole="我是市民，匿名举报：上个月在批发市场，西岗区城管局的刘队长三天两头来罚款，不开票，还把秤拿走了，"
        "找他们要说法就骂人，没打过官司",
        answers=_ALWAYS_ZH
        | {"region": "西岗区", "accused_unit": "西岗区城管局", "accused_name": "刘队长", "level": "区县级",
           "occurred": "上个月", "place": "批发市场", "category": "乱罚款"},
    ),
    Matter(
        story="村里的低保名额都给了干部的亲戚，真正困难的老人一个也没评上，去问就说名额满了，账也从来不公布",
        whole="我是村民，想匿名举报：今年1月在村委会，庄河市青堆镇政府的孙主任把低保名额给了自己的亲戚，"
        "真正困难的老人一个没评上，账也从来不公布，没去过法院",
        answers=_ALWAYS_ZH
        | {"region": "庄河市", "accused_unit": "青堆镇政府", "accused_name": "孙主任", "level": "乡镇",
           "occurred": "今年1月", "place": "村委会", "category": "以权谋私"},
    ),
)  # fmt: skip

EN = (
    Matter(
        story="The clerk wanted 500 yuan before she would stamp my papers; when I did not pay she said they were not "
        "complete, I went there five times and nobody would tell me why",
        whole="I am a citizen and want to report anonymously: last October at the service hall section chief Wang of "
        "the Ganjingzi housing bureau wanted 500 yuan before he would stamp my papers, I went there five times, "
        "and I have not gone to court",
        answers=_ALWAYS_EN
        | {"region": "Ganjingzi", "accused_unit": "housing bureau", "accused_name": "section chief Wang",
           "level": "district", "occurred": "last October", "place": "the service hall", "category": "bribes"},
    ),
    Matter(
        story="Every few days they come to my stall and fine me without a receipt, they took my scales away, and when "
        "I asked why they shouted at me and said that I would never sell here again",
        whole="As a citizen I want to report this anonymously: last month at the market officer Liu of the Xigang "
        "urban management bureau fined me every few days without a receipt and took my scales away, and I have not "
        "gone to court",
        answers=_ALWAYS_EN
        | {"region": "Xigang", "accused_unit": "urban management bureau", "accused_name": "officer Liu",
           "level": "district", "occurred": "last month", "place": "the market", "category": "fines"},
    ),
    Matter(
        story="The poverty allowance of our village all went to relatives of the cadres; not one of the old people who "
        "need it got anything, and when we asked they said that there was nothing left",
        whole="I am a citizen, please keep this report anonymous, I want to report anonymously: in January 2026 at the "
        "hall director Sun of the Zhuanghe civil affairs bureau gave the allowance to his own relatives and none of "
        "the old people got anything, and I have not gone to court",
        answers=_ALWAYS_EN
        | {"region": "Zhuanghe", "accused_unit": "civil affairs bureau", "accused_name": "director Sun",
           "level": "county", "occurred": "January 2026", "place": "the hall", "category": "abuse of power"},
    ),
)  # fmt: skip


def a_matter(language: str, chance: random.Random) -> Matter:
    return chance.choice(ZH if language == "zh" else EN)
