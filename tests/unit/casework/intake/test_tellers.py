"""Who tells a story, by what they say of themselves."""

import pytest

from casework.intake.tellers import read_teller

ENTERPRISE = [
    "我们是做海鲜加工的小企业,在金州那边",
    "我们厂子在甘井子",
    "俺家开了个小饭馆，市场所的人老来",
    "我开的民宿被要求交保证金",
    "我老公承包了一个养殖场，年年被卡",
    "我们公司去年申请的证还没下来",
    "咱这小店哪经得起这么查",
    "i run a small bakery in zhongshan district",
    "We own two restaurants near the station",
    "My husband opened a garage in May",
    "i am foreigner have factory in dalian",
    "my bakery has no water meter to this day",
]
UNKNOWN = [
    "他们去我们单位门口堵人",
    "街道办的人天天来",
    "我在一家公司上班，老板不给交社保，劳动局不管",
    "我们是那家厂的工人，欠薪半年没人管",
    "那家饭店是局长亲戚开的",
    "城管的人三天两头来我摊子上罚款",
    "he runs a restaurant and the officers eat there for free",
    "the shop next door pays them",
    "my bakery's owner told me to write",
]


@pytest.mark.parametrize("text", ENTERPRISE)
def test_who_owns_or_runs_something_is_an_enterprise(text: str) -> None:
    assert read_teller(text) == "enterprise"


@pytest.mark.parametrize("text", UNKNOWN)
def test_others_businesses_and_employers_say_nothing(text: str) -> None:
    assert read_teller(text) is None


def test_other_tellers() -> None:
    assert read_teller("我是村民，征地款没到") == "citizen"
    assert read_teller("我们社区居委会要填三十张表") == "grassroots"
    assert read_teller("您好，我是庄河市徐岭镇某村的村干部，想反映一个情况") == "grassroots"
    assert read_teller("I am a village cadre from Zhuanghe") == "grassroots"
