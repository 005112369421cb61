"""What is found, whose it is, what is masked; and the shares published in docs/anonymising.md."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.redaction.measuring import SETS, marked, measure
from bot.tagging import ChineseTagger, has_tagger
from casework.anonymise import Accused, Anonymiser, Find, language_of, mask, mask_of, to_mask
from casework.finders import Kind, Pointer, Whose, view_of
from casework.finders.id_cards import is_id_card
from casework.profile import load_profile

PROFILE = load_profile(Path("profiles") / "dalian.yml")
TOOL = Anonymiser(PROFILE, ChineseTagger())
PLAIN = Anonymiser(PROFILE)


def found(text: str, tool: Anonymiser = TOOL) -> list[tuple[str, str, str]]:
    return [(f.kind.value, text[f.start : f.end], f.whose.value) for f in tool.finds(text)]


def masked(text: str, finds: Sequence[Find] | None = None) -> str:
    return mask(text, to_mask(TOOL.finds(text) if finds is None else finds), language_of(text))


@pytest.mark.parametrize("name", SETS)
def test_the_shares_published_hold(name: str) -> None:
    assert has_tagger()
    score = measure(TOOL, marked(name, 3))
    assert score.recall >= 0.99, score.missed[:5]
    assert score.precision >= 0.95, score.wrong[:5]
    assert score.owners_right / score.owners >= 0.9
    assert score.kept / score.not_accused <= 0.07
    assert score.accused_masked / score.accused <= 0.3


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "138.1234.5678",
        "１３８１２３４５６７８",
        "一三八一二三四五六七八",
        "幺三八幺二三四五六七八",
        "壹叁捌壹贰叁肆伍陆柒捌",
        "138一二三四5678",
        "138\u200b1234\u200b5678",
        "+86 138 1234 5678",
        "0411-84561234",
        "（0411）84561234",
        "①③⑧①②③④⑤⑥⑦⑧",
        "one three eight one two three four five six seven eight",
    ],
)
def test_a_telephone_is_found_in_every_spelling_where_it_was_typed(typed: str) -> None:
    text = f"请打 {typed} 找我"
    (find,) = TOOL.finds(text)
    assert find.kind is Kind.PHONE
    assert text[find.start : find.end].strip("（") in (typed, typed.strip("（"))
    assert typed[3:] not in masked(text)


@pytest.mark.parametrize(
    "text", ["请打 12388 或 110", "(0411) 12388", "大连市沙河口区胜利路 219 号", "12345热线打不通"]
)
def test_public_lines_and_the_office_are_no_find(text: str) -> None:
    assert TOOL.finds(text) == []


def test_an_identity_card_of_an_old_county_code_is_valid() -> None:
    assert is_id_card("210219195001010011") is False
    body = "21021919500101001"
    assert sum(is_id_card(body + check) for check in "0123456789X") == 1
    assert not any(is_id_card("21021919501301001" + check) for check in "0123456789X")
    assert not any(is_id_card("99021919500101001" + check) for check in "0123456789X")


def test_after_its_word_a_mistyped_identity_card_is_masked_too() -> None:
    assert found("身份证210219195001010011") == [("id_card", "210219195001010011", "reporter")]
    assert TOOL.finds("流水号210219195001010011") == []


def test_the_accused_stay_and_the_others_go() -> None:
    text = "我叫王建国，举报张伟局长，邻居刘秀英可以作证，她的电话是13998877665"
    assert found(text) == [
        ("name", "王建国", "reporter"),
        ("name", "张伟", "accused"),
        ("name", "刘秀英", "other"),
        ("phone", "13998877665", "other"),
    ]
    assert masked(text) == "我叫［姓名］，举报张伟局长，邻居［姓名］可以作证，她的电话是［电话］"


def test_who_is_accused_in_the_report_stays_wherever_named() -> None:
    text = "那天李明也在场"
    assert [f.whose for f in TOOL.finds(text)] == [Whose.OTHER]
    assert [f.whose for f in TOOL.finds(text, Accused(name="李明"))] == [Whose.ACCUSED]
    firm = "大连海川贸易有限公司的货车"
    assert [f.whose for f in TOOL.finds(firm, Accused(unit="大连海川贸易有限公司"))] == [Whose.ACCUSED]


@pytest.mark.parametrize(
    ("text", "said", "whose"),
    [
        ("我被所长贾振东骂了，我的电话13840952213", "138", Whose.REPORTER),
        ("举报张伟局长，电话13840952213，请保密", "138", Whose.REPORTER),
        ("我手机13840952213，他用这个号天天骚扰我", "138", Whose.REPORTER),
        ("贾所长知道我的号13840952213，我换号了", "138", Whose.REPORTER),
        ("所长拿走了我的身份证210211196608154223，不还", "210", Whose.REPORTER),
        ("队长王强扣了我的车辽B7K392，四十天", "辽B", Whose.REPORTER),
        ("他们天天跟着辽B7K392，那是我的车", "辽B", Whose.REPORTER),
        ("I gave my number 13840952213 to the officer and he calls me at night", "138", Whose.REPORTER),
        ("Director Zhang Wei threatened me. Phone 13840952213", "138", Whose.REPORTER),
        ("The chief has my phone 13840952213", "138", Whose.REPORTER),
        ("我叫李芳，王局长要开除我", "李芳", Whose.REPORTER),
        ("我，李芳，被王局长打了", "李芳", Whose.REPORTER),
        ("李芳是我的真名，不要告诉单位", "李芳", Whose.REPORTER),
        ("我是被王局长骂哭的李芳", "李芳", Whose.REPORTER),
        ("他们让李芳（也就是我）写检讨", "李芳", Whose.REPORTER),
        ("局长骂我说：李芳你等着", "李芳", Whose.REPORTER),
        ("窗口的人叫我李芳，我说我不是", "李芳", Whose.REPORTER),
        ("My name is Li Fang, the director beat me", "Li Fang", Whose.REPORTER),
        ("The director shouted: Li Fang, get out!", "Li Fang", Whose.REPORTER),
        ("I am a clerk at the tax office called Anna Bell", "Anna Bell", Whose.REPORTER),
        ("Anna Bell, clerk at the tax office, 13840952213", "Anna Bell", Whose.REPORTER),
        ("举报人李芳，被举报人王强局长", "李芳", Whose.REPORTER),
        ("报告人：李芳（税务局科员）", "李芳", Whose.REPORTER),
        ("税务局科员李芳实名举报", "李芳", Whose.REPORTER),
        ("我是税务局的李芳", "李芳", Whose.REPORTER),
        ("我是镇里的会计李芳", "李芳", Whose.REPORTER),
        ("税务局李芳反映局长王强收钱", "李芳", Whose.REPORTER),
        ("所长王强天天来我们鑫源五金店拿东西", "鑫源", Whose.REPORTER),
        ("他罚了我的鑫源五金店三次", "鑫源", Whose.REPORTER),
        ("贾所长加了我微信wx_abc123，半夜发消息", "wx_abc123", Whose.REPORTER),
        ("他要我把退款打到我自己的卡6217000315218550354", "621", Whose.REPORTER),
        ("所长让我写下卡号6217000315218550354，说返钱给我", "621", Whose.REPORTER),
        ("所长王强让孙丽陪酒，孙丽不敢说", "孙丽", Whose.OTHER),
        ("局长打了我同事孙丽", "孙丽", Whose.OTHER),
        ("局长把孙丽开除了", "孙丽", Whose.OTHER),
        ("王局长骚扰孙丽和周敏", "孙丽", Whose.OTHER),
        ("孙丽被局长王强打了", "孙丽", Whose.OTHER),
        ("孙丽也收到了罚单", "孙丽", Whose.OTHER),
        ("孙丽跟我说她也交了钱", "孙丽", Whose.OTHER),
        ("孙丽给我看过收据", "孙丽", Whose.OTHER),
        ("孙丽拿着收据去找，被骂回来", "孙丽", Whose.OTHER),
        ("局里的孙丽帮我复印了材料，别连累她", "孙丽", Whose.OTHER),
        ("窗口的孙丽偷偷告诉我的", "孙丽", Whose.OTHER),
        ("Sun Li told me that she paid too", "Sun Li", Whose.OTHER),
        ("Director Wang fired Sun Li for speaking", "Sun Li", Whose.OTHER),
        ("Sun Li from the office secretly gave me the copies, please protect her", "Sun Li", Whose.OTHER),
        ("the chief sent Sun Li away because she refused to pay", "Sun Li", Whose.OTHER),
        ("Wang Qiang forced Sun Li to drink", "Sun Li", Whose.OTHER),
        ("所长王强的电话是13840952213", "王强", Whose.ACCUSED),
        ("王强收了钱不办事", "王强", Whose.ACCUSED),
        ("都是王强在背后使坏", "王强", Whose.ACCUSED),
        ("王强是我们科长", "王强", Whose.ACCUSED),
        ("我去找王强，他把门一关", "王强", Whose.ACCUSED),
        ("我给王强送了两条烟", "王强", Whose.ACCUSED),
        ("我找过王强三次，他都不理", "王强", Whose.ACCUSED),
        ("要是王强知道是我写的，我就完了", "王强", Whose.ACCUSED),
        ("王强规定每人交五百", "王强", Whose.ACCUSED),
        ("王强批的条子", "王强", Whose.ACCUSED),
        ("我的上司王强天天骂人", "王强", Whose.ACCUSED),
        ("领导叫王强", "王强", Whose.ACCUSED),
        ("他叫王强，管审批", "王强", Whose.ACCUSED),
        ("王强这人太黑了", "王强", Whose.ACCUSED),
        ("严惩王强！", "王强", Whose.ACCUSED),
        ("希望把王强撤职", "王强", Whose.ACCUSED),
        ("负责审批的王强一直拖着", "王强", Whose.ACCUSED),
        ("My superior Wang Qiang shouts every day", "Wang Qiang", Whose.ACCUSED),
        ("Wang Qiang demands five hundred from each of us", "Wang Qiang", Whose.ACCUSED),
        ("His name is Wang Qiang, he does the permits", "Wang Qiang", Whose.ACCUSED),
        ("I went to Wang Qiang three times and he ignored me", "Wang Qiang", Whose.ACCUSED),
        ("please punish Wang Qiang", "Wang Qiang", Whose.ACCUSED),
        ("I am scared of Wang Qiang", "Wang Qiang", Whose.ACCUSED),
        ("It was Wang Qiang who signed it", "Wang Qiang", Whose.ACCUSED),
        ("Wang Qiang is corrupt", "Wang Qiang", Whose.ACCUSED),
        ("Wang Qiang, head of the land office, sold our road", "Wang Qiang", Whose.ACCUSED),
        ("the money ended with Wang Qiang", "Wang Qiang", Whose.ACCUSED),
        ("局长说何平你别不识抬举，何平就是我", "何平", Whose.REPORTER),
        ("我是窗口的何平，电话13840952213，主任王刚逼我改数据", "138", Whose.REPORTER),
        ("主任王刚逼我何平改数据", "何平", Whose.REPORTER),
        ("何平：13840952213，举报主任王刚", "何平", Whose.REPORTER),
        ("举报人何平系该局职工", "何平", Whose.REPORTER),
        ("本人何平，系镇农业站职工，实名举报站长王刚", "何平", Whose.REPORTER),
        ("我叫何平，是所长王刚的下属", "何平", Whose.REPORTER),
        ("他们都叫我小何，我大名何平", "何平", Whose.REPORTER),
        ("王刚每天给我打电话，打的是13840952213", "138", Whose.REPORTER),
        ("王刚把我的手机13840952213给了混混", "138", Whose.REPORTER),
        ("他让手下打我手机13840952213威胁我", "138", Whose.REPORTER),
        ("王刚冒用我身份证210211196608154223贷款", "210", Whose.REPORTER),
        ("所长王刚半夜来敲门，我住沙河口区中长街218号", "中长街", Whose.REPORTER),
        ("王刚派人堵在沙河口区中长街218号我家门口", "中长街", Whose.REPORTER),
        ("王刚让我们鑫源五金店关门", "鑫源", Whose.REPORTER),
        ("王刚一周三次到鑫源五金店，我是老板", "鑫源", Whose.REPORTER),
        ("I, He Ping, was forced by Wang Gang to change the data", "He Ping", Whose.REPORTER),
        ('Director Wang Gang told me, "He Ping, be careful"', "He Ping", Whose.REPORTER),
        ("Wang Gang calls me every night on 13840952213", "138", Whose.REPORTER),
        ("Wang Gang gave my number 13840952213 to thugs", "138", Whose.REPORTER),
        ("Wang Gang sent men to 15 Lanqing Street, where I live", "15 Lanqing", Whose.REPORTER),
        ("He Ping (the undersigned) accuses Wang Gang", "He Ping", Whose.REPORTER),
        ("Submitted by He Ping, employee of the bureau", "He Ping", Whose.REPORTER),
        ("The complainant He Ping works at the tax office", "He Ping", Whose.REPORTER),
        ("所长王刚让刘敏去陪酒", "刘敏", Whose.OTHER),
        ("刘敏是科里的会计，她看不惯", "刘敏", Whose.OTHER),
        ("王刚骂刘敏是废物", "刘敏", Whose.OTHER),
        ("王刚说刘敏多管闲事，把她调走了", "刘敏", Whose.OTHER),
        ("刘敏去找王刚，被保安赶出来", "刘敏", Whose.OTHER),
        ("刘敏老师也被罚了", "刘敏", Whose.OTHER),
        ("退休的刘敏老人低保被停了", "刘敏", Whose.OTHER),
        ("租户刘敏交了三万押金", "刘敏", Whose.OTHER),
        ("刘敏的孩子上不了学", "刘敏", Whose.OTHER),
        ("我和刘敏一起去的", "刘敏", Whose.OTHER),
        ("局里的刘敏是好人，别牵连她", "刘敏", Whose.OTHER),
        ("刘敏说王刚收了钱", "刘敏", Whose.OTHER),
        ("是刘敏告诉我王刚收钱的", "刘敏", Whose.OTHER),
        ("刘敏的电话13840952213，王刚也有她电话", "138", Whose.OTHER),
        ("Wang Gang made Liu Min drink with him", "Liu Min", Whose.OTHER),
        ("Liu Min lost her job because of Wang Gang", "Liu Min", Whose.OTHER),
        ("Liu Min and I saw Wang Gang take the money", "Liu Min", Whose.OTHER),
        ("my colleague Liu Min said Wang Gang took money", "Liu Min", Whose.OTHER),
        ("Wang Gang beat Liu Min in the office", "Liu Min", Whose.OTHER),
        ("Liu Min gave me the copies", "Liu Min", Whose.OTHER),
        ("王刚打了我一巴掌", "王刚", Whose.ACCUSED),
        ("王刚打刘敏的时候我在场", "王刚", Whose.ACCUSED),
        ("刘敏说王刚收了钱", "王刚", Whose.ACCUSED),
        ("是刘敏告诉我王刚收钱的", "王刚", Whose.ACCUSED),
        ("王刚和开发商吃饭，我结的账", "王刚", Whose.ACCUSED),
        ("王刚，男，52岁，镇党委副书记", "王刚", Whose.ACCUSED),
        ("王刚仗着他哥是局长，谁都不怕", "王刚", Whose.ACCUSED),
        ("谁都怕王刚", "王刚", Whose.ACCUSED),
        ("王刚一句话，我们就白干了", "王刚", Whose.ACCUSED),
        ("王刚收了开发商的房子", "王刚", Whose.ACCUSED),
        ("王刚让刘敏去陪酒", "王刚", Whose.ACCUSED),
        ("求你们查一查王刚", "王刚", Whose.ACCUSED),
        ("我反映的就是王刚", "王刚", Whose.ACCUSED),
        ("这笔钱进了王刚的腰包", "王刚", Whose.ACCUSED),
        ("王刚威胁说要弄死我", "王刚", Whose.ACCUSED),
        ("王刚说不交钱就别想办", "王刚", Whose.ACCUSED),
        ("王刚不是东西", "王刚", Whose.ACCUSED),
        ("我跟王刚吵过一架", "王刚", Whose.ACCUSED),
        ("Wang Gang made Liu Min drink with him", "Wang Gang", Whose.ACCUSED),
        ("Liu Min and I saw Wang Gang take the money", "Wang Gang", Whose.ACCUSED),
        ("Wang Gang beat Liu Min in the office", "Wang Gang", Whose.ACCUSED),
        ("Wang Gang, 52, deputy secretary of the town", "Wang Gang", Whose.ACCUSED),
        ("the money went into Wang Gang's pocket", "Wang Gang", Whose.ACCUSED),
        ("everybody is afraid of Wang Gang", "Wang Gang", Whose.ACCUSED),
        ("my colleague Liu Min said Wang Gang took money", "Wang Gang", Whose.ACCUSED),
        ("Wang Gang said no money, no stamp", "Wang Gang", Whose.ACCUSED),
        ("Wang Gang threatens me", "Wang Gang", Whose.ACCUSED),
        ("田守义，镇林业站站长，卖树", "田守义", Whose.ACCUSED),
        ("田守义，镇林业站站长，实名举报局长", "田守义", Whose.OTHER),
        ("他让我打钱，局长开着新车辽B88K66", "辽B88K66", Whose.ACCUSED),
        ("He wanted the money on 6217000315218550354, I did not pay", "6217", Whose.ACCUSED),
        ("Only Mrs Tang in that office was kind to me", "Tang", Whose.OTHER),
        ("钱是被王强领走的", "王强", Whose.ACCUSED),
        ("我老板去找王强说情", "王强", Whose.ACCUSED),
        ("这封信由李芳代表十二户递交", "李芳", Whose.REPORTER),
        ("Handed in by Anna Bell for twelve families", "Anna Bell", Whose.REPORTER),
        ("我妈的身份证是210211196608154223", "2102", Whose.OTHER),
        ("公司叫我把钱转到6217000315218550354，户名王强", "王强", Whose.ACCUSED),
        ("我的银行卡6217000315218550354，户名王强，补贴没到", "王强", Whose.REPORTER),
        ("逼我去宏达测绘服务部", "宏达", Whose.OTHER),
        ("Hiroshi Nakamura and I were there when the inspectors came in", "Nakamura", Whose.OTHER),
    ],
)
def test_whose_a_find_is_by_what_is_said_of_it(text: str, said: str, whose: Whose) -> None:
    assert {find.whose for find in TOOL.finds(text) if said in text[find.start : find.end]} == {whose}


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("家里座机(0411)8 2 5 5 1 0 9 3", "phone", "0411)8 2 5 5 1 0 9 3"),
        ("回我话，加Vdongbei2468", "wechat", "dongbei2468"),
        ("my passport, number GB 503817264 is there", "passport", "GB 503817264"),
        ("As a Taiwan resident I gave permit 05672318 and left", "passport", "05672318"),
        ("照片IMG_20200714.jpg看得清", "file_name", "IMG_20200714.jpg"),
        ("非让我找宏达测绘服务部", "organisation", "宏达测绘服务部"),
        ("She sent us to Chengyi Copy Shop", "organisation", "Chengyi Copy Shop"),
        ("home address No. 37 Houtun, Donglaotan Village", "address", "No. 37 Houtun, Donglaotan Village"),
        ("窗口那个叫解红的，让我跑了五趟", "name", "解红"),
        ("镇长纪明远拍着桌子骂人", "name", "纪明远"),
        ("税务局科员李芳实名举报", "name", "李芳"),
        ("反映对象：袭广才，五十岁", "name", "袭广才"),
        ("审批科展望，工号看不清", "name", "展望"),
        ("我同事束华的电话没人接", "name", "束华"),
        ("我路长友以人格担保", "name", "路长友"),
        ("目击者隗永刚住在楼上", "name", "隗永刚"),
        ("会计戚有粮的账是假的", "name", "戚有粮"),
        ("转手交给了社区的桑丽。", "name", "桑丽"),
        ("俺们屯丁万有当书记十八年", "name", "丁万有"),
        ("俺老头儿叫矫福来，腿脚不好", "name", "矫福来"),
        ("区民政局低保科佘玉田同志克扣低保金", "name", "佘玉田"),
        ("有执照，店名阿慧裁缝铺。", "organisation", "阿慧裁缝铺"),
        ("surname Chu, text me", "name", "Chu"),
        ("游子健科员非要我公证", "name", "游子健"),
        ("让司机小蔡拉走了苹果", "name", "小蔡"),
        ("信箱：luchangyou(a)126.com", "email", "luchangyou(a)126.com"),
        ("打(+86)139-9860-4471找我", "phone", "+86)139-9860-4471"),
        ("我在东港路老孙烧烤当服务员", "organisation", "东港路老孙烧烤"),
        ("it was You Delu himself", "name", "You Delu"),
        ("Yours faithfully, M. Vaughan", "name", "M. Vaughan"),
        ("Our daughter Siyao is seven", "name", "Siyao"),
        ("photos are in stanton_july.zip", "file_name", "stanton_july.zip"),
    ],
)
def test_what_strangers_wrote_is_found_whole(text: str, kind: str, said: str) -> None:
    assert [(found_kind, words.strip("(")) for found_kind, words, _ in found(text)] == [(kind, said)]


def test_masks_read_on_in_both_languages() -> None:
    assert masked("My phone is 138 1234 5678.") == "My phone is [phone]."
    assert masked("电话13812345678。") == "电话［电话］。"
    assert all(mask_of(kind, language) for kind in Kind for language in ("zh", "en"))


def test_indirect_pointers_are_hinted_and_never_masked() -> None:
    text = "我是厂里唯一的会计，3月5日我去高新区管委会交材料。"
    assert next(h.kind for h in TOOL.hints(text)) is Pointer.ONLY_ONE
    assert Pointer.OWN_DAY in [hint.kind for hint in TOOL.hints(text)]
    assert masked(text) == text
    english = "I am the only accountant there. On 3 March 2024 I went to the tax bureau."
    assert [hint.kind for hint in TOOL.hints(english)] == [Pointer.ONLY_ONE, Pointer.OWN_DAY]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("他们乱收费，没有发票。", []),
        ("全村只有他家盖了三层楼。", []),
        ("On 14 August they handed out the notice.", []),
        ("整条街只剩我这一家还没交钱。", [Pointer.ONLY_ONE]),
        ("Nobody else was in the room except me.", [Pointer.ONLY_ONE]),
        ("last Tuesday afternoon I handed in my form", [Pointer.OWN_DAY]),
        ("我给局长开车的。", [Pointer.OWN_POST]),
        ("我在镇上当档案管理员。", [Pointer.OWN_POST]),
        ("I was his secretary for two years.", [Pointer.OWN_POST]),
    ],
)
def test_what_points_to_the_writer_is_hinted_at(text: str, kinds: list[Pointer]) -> None:
    assert [hint.kind for hint in TOOL.hints(text)] == kinds


def test_nothing_calls_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a finder called the network")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(f"socket.socket.{name}", refuse, raising=False)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    fresh = Anonymiser(PROFILE, ChineseTagger())
    assert ("name", "王建国", "reporter") in found("我叫王建国，微信abc_1234，邮箱a@example.com", fresh)
    assert found("My name is Mary Brown, see https://example.com, +1 206 555 0123", fresh)


@pytest.mark.parametrize(
    "text",
    [
        "我是佟丽娅，满族",
        "收条是迟德胜写的，按了手印",
        "电力所的衣长顺，来抄表就要烟",
        "外教安德鲁·威尔逊的工作证被卡",
        "我完颜东旭以党性担保",
        "Björn Åkesson wrote this",
        "Siobhan Gallagher and I both applied",
        "the woman at the desk is shen lihua, very rude",
        "XIE CHUNMEI told us to wait",
        "Kofi, 34, cook",
        "Witness: Ji-woo Park",
    ],
)
def test_names_of_unusual_form_are_found(text: str) -> None:
    assert [f.kind for f in TOOL.finds(text)] == [Kind.NAME]


@pytest.mark.parametrize(
    "text",
    [
        "高新园区七贤岭那片地荒了五年",
        "和平广场地铁口的摊位费涨了",
        "Green Mountain Park was fenced off",
        "In Zhuanghe the same permit takes five days",
        "Hong Kong has an office like this",
        "The Heating Company says fourteen degrees is normal",
        "Will they ever answer",
        "镇15号文件写得明明白白",
        "他是我们这片的城管中队长",
        "谢谢领导。",
        "占道？可我在自己院里。",
        "报复举报人是违法的，请告诉我们",
        "Taiwan residents wait too",
        "nobody cared until the boss ran away",
        "a section chief or a counter clerk. You may leave it open",
    ],
)
def test_places_and_words_that_look_like_names_are_none(text: str) -> None:
    assert TOOL.finds(text) == []


def test_without_the_tagger_rules_alone_still_find_most() -> None:
    assert ("name", "王建国", "reporter") in found("我叫王建国", PLAIN)
    assert measure(PLAIN, marked("zh_seen", 1)).recall > 0.9


@settings(max_examples=120, deadline=None)
@given(st.text(alphabet="我叫王芳电话１３8一二三 .-@a\u200b\n（）号微信张伟局长是QQ0五é①", max_size=60))
def test_finds_lie_in_the_text_and_never_overlap(text: str) -> None:
    at = 0
    for find in PLAIN.finds(text):
        assert at <= find.start < find.end <= len(text)
        at = find.end


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=40))
def test_every_place_of_the_view_leads_back(text: str) -> None:
    view = view_of(text)
    assert len(view.text) == len(view.starts) == len(view.ends) == len(view.digits) == len(view.lower)
    assert all(0 <= start < end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))
    assert list(view.starts) == sorted(view.starts)
