"""Names of files, which often hold a person's name or the day of a picture."""

import re
from collections.abc import Iterator
from typing import Final

from casework.finders.normal import View
from casework.finders.values import Kind, Spot

_ENDINGS: Final = (
    "jpe?g|png|gif|bmp|webp|hei[cf]|tiff?|pdf|docx?|xlsx?|pptx?|wps|et|odt|ods|odp|txt|rtf|csv|mp3|m4a|wav|amr|aac|"
    "ogg|mp4|mov|avi|3gp|mkv|zip|rar|7z|eml|msg"
)
_NAME: Final = re.compile(
    rf"(?:[A-Za-z]:\\(?:[^\s\\,，。;；]+\\)*|"
    rf"(?:/[^\s/,，。;；]+)*/)?(?:\b(?:WeChat|Screen|Scan|Copy of|New|"
    rf"Final)\s)?[\w()（）\-.+~#&@·【】\[\]]{{1,80}}?\.(?:{_ENDINGS})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(
    r"^.*(?:文件名|附件|文件|材料|见|附上|上传|发送|打开|查看|提交|参见|在|把|将|扫描件|复印件|原件|(?:附件|文件|照片|图片|录音|视频|截图|"
    r"材料|发票|命名|名字|名)(?:是|为|叫做|叫|有|在))(?:是|为|叫|了|的|:|有|在)?(?=.)(?![._\-])|^(?:有|还有|带|含)(?=截图|照片|录音|视频|文件|合同|收据|凭证)|^[和及与、]|"
    r"^[\u4e00-\u9fff]{0,4}(?:照片|图片|视频|录像|录音|截图|附件|文件|证据)(?=[A-Za-z]{2,}[\w-]*\.)"
)
_CALLED: Final = re.compile(
    rf"\b(?:called|named|files?|attachments?|attached|see|in|photos?|pictures?|recordings?)(?:\s(?:is|are|called|"
    rf"named))?[\s:]+(?P<name>(?:(?!and\b|or\b|is\b|in\b|on\b|at\b|from\b|called\b|named\b|the\b|"
    rf"my\b)[\w'()-]+\s){{1,4}}[\w'()-]+\.(?:{_ENDINGS}))(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_SPACED: Final = re.compile(rf"(?<=[\"“'「《])[^\"”'」》\n]{{1,80}}\.(?:{_ENDINGS})(?=[\"”'」》])", re.IGNORECASE)


class FileNameFinder:
    """Finds file names: by their ending, without the words before them that Chinese writes without a space."""

    def find(self, view: View) -> Iterator[Spot]:
        for match in _SPACED.finditer(view.text):
            yield Spot(kind=Kind.FILE_NAME, start=match.start(), end=match.end())
        for match in _CALLED.finditer(view.text):
            yield Spot(kind=Kind.FILE_NAME, start=match.start("name"), end=match.end("name"))
        for match in _NAME.finditer(view.text):
            lead = None if "\\" in match.group() else _LEAD.match(match.group())
            start = match.start() + (lead.end() if lead and len(match.group()) - lead.end() > 4 else 0)
            yield Spot(kind=Kind.FILE_NAME, start=start, end=match.end())
