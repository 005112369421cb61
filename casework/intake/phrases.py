"""The words by which people choose and name things, in both languages: what is recognised, never what is said."""

import difflib
import re
from collections.abc import Mapping, Sequence

from casework.intake.directory import fold

Words = Mapping[str, Sequence[str]]

MODE: Words = {
    "anonymous": (
        "匿名", "不想留名", "不留名", "不留姓名", "不想透露身份", "不透露姓名", "不透露身份", "不想暴露",
        "不实名", "保密身份",
        "匿明", "匿铭", "逆名", "昵名", "尼名", "腻名", "你名举报", "不记名", "保密",
        "露名", "露脸", "报名字", "不敢说名",
        "不敢留名", "不要留名", "别留名", "不想实名", "不敢实名", "不要实名", "不用真名", "不想留姓名",
        "anonymous", "anonymously", "anonym", "anonymos", "anonimous", "anonymus", "annonymous",
        "without my name", "without giving my name", "not give my name",
        "don't want to be named", "no want say name", "not want say name", "not want to say my name",
        "not say my name", "don't want to say my name", "don't say my name", "no name",
        "keep my name out",
    ),
    "unit_name": (
        "以公司名义", "以单位名义", "以企业名义", "公司名义", "单位名义", "企业名义", "单位实名", "代表公司",
        "代表单位", "代表我们公司",
        "in the name of our company", "in the name of the company", "in the company's name", "in our company's name",
        "on behalf of our company", "on behalf of my company", "on behalf of the company", "in the name of a unit",
        "as a company", "company name", "unit name",
    ),
    "real_name": (
        "实名", "实明", "时名", "署名", "用真名", "真实姓名", "留名", "留姓名", "我愿意留", "本人名义", "个人名义",
        "real name", "real-name", "with my name", "in my own name", "under my name", "my own name", "named",
    ),
}  # fmt: skip
KIND: Words = {
    "grassroots": (
        "基层单位", "基层干部", "基层工作人员", "社区工作者", "村干部", "社区干部", "街道工作人员", "网格员",
        "驻村", "我们村委会",
        "我们社区居委会", "我们街道办", "基层", "grassroots", "community worker", "village cadre", "township staff",
        "village committee",
    ),
    "enterprise": (
        "企业", "公司", "我公司", "我们公司", "我司", "本公司", "我们厂", "我厂", "我们企业", "我的店",
        "开店的", "开饭店的", "做生意的", "老板", "本企业", "个体户", "个体工商户", "商户",
        "enterprise", "company", "business", "our company", "my company", "our factory", "our firm", "our business",
        "my business", "my shop", "our shop", "shop owner", "restaurant", "shop", "store",
    ),
    "citizen": (
        "卖菜的", "打工的", "上班的", "种地的", "司机", "农民", "工人", "退休", "学生", "家属", "家长", "业主", "患者",
        "市民", "群众", "居民", "村民", "个人", "老百姓", "百姓", "普通市民", "学生家长",
        "student", "parent", "worker", "farmer", "driver", "retired", "pensioner", "teacher", "tenant", "patient",
        "citizen", "resident", "individual", "private person", "villager", "ordinary person", "myself",
    ),
}  # fmt: skip
KIND_IN_STORY: Words = {
    "enterprise": (
        "我公司", "我们公司", "我司", "本公司", "我们厂", "我厂", "我们企业", "本企业", "我的店", "我们店",
        "我开了", "我是个体户", "我经营", "我开店", "我是开", "我的饭店", "我家饭店", "我家店", "我家厂",
        "our company", "my company", "our factory", "our firm", "our business", "my business", "my shop", "our shop",
        "my restaurant", "our restaurant", "our food licence", "our food license", "our business licence",
        "our business license", "my business licence", "my business license", "my food licence", "my food license",
        "our trading licence", "our trading license", "our workers", "our employees", "我们的营业执照", "我的营业执照",
        "我们的食品经营许可证", "我的食品经营许可证",
    ),
    "grassroots": (
        "我们村委会", "我们社区居委会", "我们街道办", "我是社区", "我是村干部", "我们基层", "我在社区工作",
        "我在街道工作", "我是网格员",
        "our village committee", "our sub-district office", "i work for the community", "our grassroots unit",
    ),
    "citizen": (
        "我是市民", "我是居民", "我是村民", "我是普通", "我家", "我们小区", "我们村民", "我孩子", "我母亲", "我父亲",
        "i am a citizen", "i am a resident", "i'm a resident", "as a citizen", "my family", "my child",
        "my mother", "my father",
    ),
}  # fmt: skip
LEVEL: Words = {
    "municipal": ("市级", "市直", "市里", "市局", "市一级", "municipal", "city level", "city-level", "city"),
    "county": ("区县级", "区级", "县级", "区县", "区里", "县里", "区一级", "district", "county", "district level"),
    "township": (
        "乡镇级", "街道级", "乡镇", "街道", "镇里", "乡里", "镇", "街道办", "township", "sub-district",
        "subdistrict", "town",
    ),
    "village": ("村级", "社区级", "村", "村里", "社区", "村委会", "居委会", "village", "community"),
}  # fmt: skip
MATTER: Words = {
    "permit": ("许可", "审批", "办证", "证照", "执照", "permit", "licence", "license", "approval"),
    "inspection": ("检查", "执法检查", "inspection"),
    "fine": ("罚款", "处罚", "fine", "penalty"),
    "fee": ("收费", "摊派", "费用", "fee", "charge"),
    "arrears": ("拖欠", "欠款", "账款", "工程款", "货款", "arrears", "unpaid", "payment"),
    "project": ("项目", "工程", "招投标", "招标", "project", "tender", "bid"),
    "other": ("其他", "其它", "别的", "other", "something else"),
}
SCOPE: Words = {
    "none": (
        "没有", "都没有", "没", "无", "未处理", "没有处理", "没有受理", "没去过", "none", "no", "not yet",
        "none of these", "never",
    ),
    "court": (
        "法院", "起诉", "诉讼", "打官司", "判决", "开庭", "立案了", "court", "lawsuit", "judge", "judgment",
        "sued", "litigation",
    ),
    "arbitration": ("仲裁", "arbitration", "arbitrator"),
    "reconsideration": ("行政复议", "复议", "reconsideration"),
    "other_body": (
        "别的部门", "其他部门", "其它部门", "其他机关", "其他单位", "信访", "12345", "公安", "派出所",
        "检察院", "巡视", "巡察", "环保督察",
        "another body", "other body", "other department", "another department", "police", "petition",
        "petitions office", "hotline",
    ),
}  # fmt: skip
FOLLOW_UP: Words = {
    "chat": (
        "可以联系",
        "可以发消息",
        "在这里通知",
        "通知我",
        "可以",
        "message me",
        "write to me",
        "notify me",
        "tell me here",
        "yes",
    ),
    "code": (
        "不用通知",
        "不要联系",
        "不要通知",
        "我自己查",
        "自己查",
        "凭码",
        "查询码",
        "i'll come back",
        "with the code",
        "code",
        "no",
    ),
}
LONG_TEXT: Words = {
    "attach": ("附件", "作为附件", "attach", "attachment"),
    "cut": ("截断", "只要前面", "保留前面", "前面", "前3000字", "only the beginning", "keep the beginning", "cut"),
    "rewrite": ("重写", "重新写", "自己缩短", "我来缩短", "缩短", "rewrite", "shorten", "shorter"),
}
KINDS: Words = {
    "arbitrary_inspection": (
        "乱罚款", "罚款", "以罚代管", "乱检查", "老来查", "随便罚", "fines", "inspections", "inspection",
    ),
    "arbitrary_fees": ("乱收费", "乱摊派", "收费", "多收钱", "指定中介", "摊派", "fees", "overcharging", "extra fees"),
    "bribe_demand": (
        "要钱", "收钱", "索贿", "受贿", "收礼", "要好处", "吃拿卡要", "红包", "行贿", "要好处费", "贪污", "拿回扣",
        "bribe", "bribes", "bribery", "corruption", "kickback", "money", "demanding money", "gifts",
    ),
    "inaction": ("不作为", "慢作为", "没人管", "不管", "不办事", "懒政", "doing nothing", "no action", "nobody acts"),
    "shirking_delay": (
        "推诿", "踢皮球", "拖延", "拖着不办", "推来推去", "拖", "一直拖", "刁难",
        "delay", "delays", "passing the buck", "stalling",
    ),
    "absent_or_lax": ("脱岗", "迟到早退", "上班打牌", "玩手机", "不在岗", "absent", "not at work", "playing at work"),
    "checkpoint": ("设卡", "卡脖子", "多要材料", "门槛", "卡审批", "extra papers", "extra conditions", "red tape"),
    "private_gain": ("以权谋私", "照顾亲戚", "走后门", "关系户", "nepotism", "cronyism", "abuse of power"),
    "arrears_broken_promise": (
        "欠钱", "拖欠", "欠款", "不给钱", "工程款", "不兑现",
        "unpaid", "arrears", "broken promise",
    ),
    "harm_to_masses": (
        "态度差", "态度恶劣", "骂人", "打人", "欺负人", "侵占", "rude", "rudeness", "insult", "bullying",
    ),
    "grassroots_burden": ("层层加码", "填表", "加码", "负担", "burden", "paperwork", "too many forms"),
    "false_implementation": ("形式主义", "走过场", "弄虚作假", "造假", "作秀", "formalism", "for show", "fake"),
    "decree_not_implemented": ("政令不畅", "不执行政策", "不落实", "policy not carried out"),
    "retaliation": ("打击报复", "报复", "穿小鞋", "retaliation", "revenge"),
    "other": ("其他", "其它", "别的", "都不是", "other", "something else", "none of these", "none"),
}  # fmt: skip
"""Everyday words for kinds; a city's own kinds are found by their names."""
CHOICES: Mapping[str, Words] = {
    "mode": MODE,
    "reporter_kind": KIND,
    "level": LEVEL,
    "matter": MATTER,
    "scope": SCOPE,
    "follow_up": FOLLOW_UP,
    "long_text": LONG_TEXT,
}
"""The choice questions whose choices are the same in every city."""

FIELD: Words = {
    "facts": (
        "经过", "事情经过", "事实", "内容", "描述", "情况说明", "正文", "facts", "account", "description",
        "story", "what happened",
    ),
    "region": ("地区", "区域", "所属地区", "区县", "region", "district", "area"),
    "mode": ("举报方式", "匿名还是实名", "实名匿名", "方式", "mode", "anonymity"),
    "reporter_kind": (
        "举报人身份", "我的身份", "身份", "身份类型", "who i am", "reporter kind", "my kind",
        "kind of reporter",
    ),
    "organisation": (
        "企业名称", "公司名称", "我的单位", "我们单位", "我公司", "company name", "organisation",
        "organization", "my company",
    ),
    "credit_code": ("信用代码", "统一社会信用代码", "税号", "credit code"),
    "industry": ("行业", "industry", "trade"),
    "post": ("我的职务", "本人职务", "my post", "my position", "my job"),
    "reporter_name": ("我的姓名", "我的名字", "本人姓名", "举报人姓名", "姓名", "my name"),
    "contact": (
        "联系方式", "联系电话", "电话号码", "手机号", "电话", "手机", "邮箱", "contact", "phone",
        "phone number", "e-mail", "email",
    ),
    "address": ("住址", "我的地址", "通讯地址", "联系地址", "my address", "postal address", "address"),
    "accused_unit": (
        "被举报单位", "被反映单位", "对方单位", "单位名称", "单位", "部门", "accused unit", "the unit", "unit",
        "office", "department",
    ),
    "accused_name": (
        "被举报人", "被反映人", "被举报人姓名", "被举报人名字", "对方姓名", "人名", "名字", "the person", "person",
        "accused person", "person's name",
        "accused name", "his name", "her name",
    ),
    "accused_post": ("被举报人职务", "对方职务", "职务", "职位", "his post", "her post", "post", "position"),
    "level": ("级别", "层级", "level"),
    "occurred": ("发生时间", "时间", "日期", "什么时候", "time", "date", "when"),
    "place": ("发生地点", "事发地点", "地点", "地址", "位置", "哪里发生", "place", "location", "where"),
    "category": ("类别", "问题类别", "分类", "类型", "问题类型", "category", "kind of problem", "type"),
    "title": ("标题", "题目", "title", "headline"),
    "matter": ("涉及事项", "事项", "matter"),
    "loss": ("损失", "金额", "损失金额", "loss", "amount", "money"),
    "delay": ("耽误时间", "延误", "耽误", "拖延时间", "delay"),
    "scope": (
        "法院", "仲裁", "复议", "诉讼", "其他机关", "其他机关处理", "别的机关", "court", "other bodies", "other body",
        "是否受理过", "其他部门处理", "诉讼情况", "受理情况", "scope", "court question",
    ),
    "evidence": ("证据", "附件", "材料", "文件", "照片", "evidence", "files", "attachments", "photos"),
    "follow_up": ("后续联系", "联系意愿", "通知方式", "follow-up", "follow up", "notification"),
}  # fmt: skip

_LEAST_NEAR, _MOST_NEAR = 4, 40
_NEAR_ENOUGH = 0.8
"""How much of a misspelt word must fit: "anonymuos" does, "animals" does not."""
_FRAME = re.compile(
    r"^(?:(?:i|we)(?:'d| would)? (?:like|want|choose|prefer)(?: to)?(?: be| report| stay)? ?"
    r"|(?:i am|i'm|we are|we're) (?:an? )?|(?:an?|the|my|just|make it) "
    r"|(?:我|我们|本人|俺)?(?:要|想|选|选择|是|用|愿意|希望|同意|申请)?(?:一个)?)"
)
_TAIL = re.compile(r"(?:举报|反映|吧|的|了|啊|please|report|level)?[。.!！\s]*$")


def exact_choice(words: Words, text: str) -> str | None:
    """Return the choice that the whole text names, but for "I want" and the like."""
    folded = fold(text).strip(" 。.!！,，")
    stripped = _TAIL.sub("", _FRAME.sub("", folded, count=1)).strip()
    for choice, names in words.items():
        if folded in names or stripped in names:
            return choice
    return None


def near_choice(words: Words, text: str) -> str | None:
    """Return the choice that a few misspelt Latin words come near to ("anonymuos"); None for anything longer."""
    folded = _TAIL.sub("", _FRAME.sub("", fold(text).strip(" .!,"), count=1)).strip()
    if not folded.isascii() or not _LEAST_NEAR <= len(folded) <= _MOST_NEAR:
        return None
    names = {name: choice for choice, said in words.items() for name in said if name.isascii() and len(name) > 3}
    near = difflib.get_close_matches(folded, names, n=1, cutoff=_NEAR_ENOUGH)
    return names[near[0]] if near else None


def exact_kind(text: str) -> str | None:
    """Return the kind that everyday words name."""
    return exact_choice(KINDS, text)


def exact_field(text: str) -> str | None:
    """Return the question that is named by the whole text."""
    return exact_choice(FIELD, text)


def choice_within(words: Words, text: str) -> str | None:
    """Return the choice whose longest name stands in the text; None when none does."""
    folded = fold(text)
    found = [(len(name), choice) for choice, names in words.items() for name in names if _stands_in(name, folded)]
    return max(found)[1] if found else None


def _stands_in(name: str, folded: str) -> bool:
    if not name.isascii():
        return name in folded
    return name in folded and re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", folded) is not None


def find_field(text: str) -> str | None:
    """Return the question that a text names ("改一下地区"): the longest name wins."""
    return choice_within(FIELD, text)
