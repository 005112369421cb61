"""Reports of a known size."""

import random

from casework.report import Mode, Report, ReporterKind

_SENTENCES = (
    "窗口工作人员三次以系统升级为由拒绝受理申请。",
    "材料齐全却被要求补交清单上没有的证明。",
    "负责人暗示交一笔费用才能办下来。",
    "多次去问，每次答复都不一样，也不出书面通知。",
)
_BYTES = 1_000


def report(seed: int) -> Report:
    """Return an anonymous report with 1 kB (UTF-8) of facts."""
    chosen = random.Random(seed)
    text = ""
    while len(text.encode()) < _BYTES:
        text += chosen.choice(_SENTENCES)
    return Report(
        language="zh",
        channel="web",
        mode=Mode.ANONYMOUS,
        reporter_kind=ReporterKind.ENTERPRISE,
        region="ganjingzi",
        accused_unit="甘井子区住房和城乡建设局",
        accused_name="王科长",
        level="county",
        title="施工许可久拖不办",
        category="inaction",
        facts=text.encode()[:_BYTES].decode(errors="ignore"),
        place="区政务服务大厅二楼",
    )
