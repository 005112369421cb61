"""Who is named in a text: as reporters write, with departments before a post and verbs behind a name."""

import pytest

from casework.intake.persons import find_person, post_before, post_of_nobody

NAMED = [
    ("住建局的李某某科长", "李某某", "科长"),
    ("王科长一直拖着不办", "王科长", "科长"),
    ("街道的安检科长李建国从今年3月开始老来查", "李建国", "科长"),
    ("应急局的科长张伟强行贴了封条", "张伟", "科长"),
    ("林业局局长周明多次开口要钱", "周明", "局长"),
    ("水务科长孙某让我们请客", "孙某", "科长"),
    ("路政大队长赵铁柱带人来堵门", "赵铁柱", "大队长"),
    ("姓王的所长，要了两条烟", "王所长", "所长"),
    ("有个姓李的，每次都要烟", "李某", ""),
    ("他们科长姓陈", "陈科长", "科长"),
    ("所长是马建军", "马建军", "所长"),
    ("副局长：刘洋", "刘洋", "副局长"),
    ("派出所民警何涛说不交钱就拘我", "何涛", "民警"),
    ("村支书老赵收了我三千", "老赵", "村支书"),
    ("老周又来要烟", "老周", ""),
    ("審批科的陳科長不給辦", "陈科长", "科长"),
    ("市场监管所副所长吴磊", "吴磊", "副所长"),
    ("安全科长没来，来的是副科长姜涛", "姜涛", "副科长"),
    ("安科长要红包", "安科长", "科长"),
    ("高新区的于主任", "于主任", "主任"),
    ("section chief Wang Lei refused", "Wang Lei", "section chief"),
    ("the market guy officer liu keeps holding it", "Liu", "officer"),
    ("Deputy Director Zhao asked for cash", "Zhao", "Deputy Director"),
    ("an inspector called Sun Hao came", "Sun Hao", "inspector"),
    ("Mr. Liu Wei, deputy director of the bureau, eats free", "Mr. Liu Wei", "deputy director"),
    ("his name is Mr Zhao, he is vice director", "Mr Zhao", "vice director"),
    ("姓刘 队长", "刘队长", "队长"),
    ("水务局的小张上周来要钱", "小张", ""),
]
NOBODY = [
    "他们都不管",
    "安检科长每次都来",
    "公安局长不管这事",
    "时任主任也知道",
    "工程项目科长换了三个",
    "我是王科长的邻居的朋友，不认识他们",
    "领养老金要带什么",
    "校长安排自己媳妇当后勤主任",
    "林业站站长常年在外地带孩子",
    "科长张口就要三万",
    "他们的小金库在谁手里",
    "村里的小路上堆满沙子",
    "所长白吃白喝",
    "主任于上周又来",
    "the officer likes to wait",
    "the head of the office said no",
]


@pytest.mark.parametrize(("text", "name", "post"), NAMED)
def test_a_person_is_found_with_the_post(text: str, name: str, post: str) -> None:
    person = find_person(text)
    assert person is not None
    assert (person.name, person.post) == (name, post)


@pytest.mark.parametrize("text", NOBODY)
def test_no_department_and_no_verb_is_a_person(text: str) -> None:
    person = find_person(text)
    assert person is None


def test_the_place_of_the_name_is_told() -> None:
    text = "住建局李某某科长不办"
    person = find_person(text)
    assert person is not None
    assert text[person.start : person.end] == "李某某科长"


def test_the_reporter_is_nobody_else() -> None:
    assert find_person("我叫王科长") is None


def test_posts_without_a_name() -> None:
    assert post_of_nobody("街道的主任不给批") == "主任"
    assert post_of_nobody("他们不给批") == ""
    assert post_before("就是那个副局长叫") == "副局长"
    assert post_before("就是他") == ""
