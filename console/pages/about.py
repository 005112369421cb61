"""Who may do what: the one permission table as it stands in the program."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from casework.case import CaseKind
from casework.permissions import KINDS, NEEDS_ASSIGNMENT, PERMISSIONS, SUBJECTS, Act, Role, Subject
from console.seat import Anyone
from console.views import page

router = APIRouter()


@router.get("/about/permissions")
async def permissions(request: Request, seat: Anyone) -> Response:
    rows = [(subject, [act for act in Act if SUBJECTS[act] is subject]) for subject in Subject]
    return page(
        request,
        seat,
        "permissions.html",
        subjects=rows,
        roles=list(Role),
        table=PERMISSIONS,
        kinds={role: [kind for kind in CaseKind if kind in KINDS.get(role, ())] for role in Role},
        needs_assignment=NEEDS_ASSIGNMENT,
    )
