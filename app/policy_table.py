# SPDX-License-Identifier: Apache-2.0
"""The one table: for each action the clauses that permit it. Any clause whose claims all hold is enough."""

from __future__ import annotations

from app.accounts import predicates as people
from app.awards import predicates as awards
from app.competitions import predicates as contest
from app.entries import predicates as entry
from app.judging import predicates as judge
from app.policy import Action as A
from app.policy import Policy, Rule
from app.results import predicates as run

# Who reads all of an entry. Recusal beats every grant, so each office carries it.
READERS = (
    (entry.owner,),
    (entry.unit_clerk, judge.not_recused),
    (contest.organizer, judge.not_recused),
    (contest.supervisor, judge.not_recused),
    (judge.judges_entry, judge.not_recused),
)

TABLE = Policy(
    {
        # accounts
        A.ACCOUNT_USE: Rule(((people.signed_in,),)),
        A.USERS_MANAGE: Rule(((people.administrator,),)),
        A.USER_MANAGE: Rule(((people.administrator,),)),
        A.SIGN_IN_LINK_REVOKE: Rule(((people.oneself,), (people.administrator,))),
        A.SESSION_END: Rule(((people.oneself,), (people.administrator,))),
        # competitions
        A.COMPETITION_CREATE: Rule(((people.administrator,),)),
        A.COMPETITION_VIEW: Rule(
            ((contest.opened,), (contest.takes_part,), (judge.has_seat,), (people.administrator,)), open=True
        ),
        A.COMPETITION_MANAGE: Rule(((contest.organizer,), (people.administrator,)), seen_by=A.COMPETITION_VIEW),
        A.COMPETITION_OVERSEE: Rule(((contest.organizer,), (contest.supervisor,)), seen_by=A.COMPETITION_VIEW),
        A.GRANTS_MANAGE: Rule(((contest.organizer,), (people.administrator,)), seen_by=A.COMPETITION_VIEW),
        A.DOCUMENT_VIEW: Rule(
            ((contest.opened,), (contest.organizer,), (contest.supervisor,), (judge.has_seat,)), open=True
        ),
        A.DOCUMENT_EDIT: Rule(((contest.organizer, contest.not_frozen),), seen_by=A.DOCUMENT_VIEW),
        A.DOCUMENT_FREEZE: Rule(
            ((contest.organizer, contest.not_frozen, contest.has_document),), seen_by=A.DOCUMENT_VIEW
        ),
        # entries
        A.ENTRY_CREATE: Rule(
            ((contest.opened, people.signed_in, contest.entry_window_open),), seen_by=A.COMPETITION_VIEW
        ),
        A.ENTRY_VIEW: Rule(((entry.is_public,), *READERS), open=True),
        A.ENTRY_READ: Rule(READERS, seen_by=A.ENTRY_VIEW),
        A.ENTRY_EDIT: Rule(((entry.owner, entry.is_live, contest.entry_window_open),), seen_by=A.ENTRY_VIEW),
        A.ENTRY_HAND_IN: Rule(((entry.owner, entry.is_live, contest.entry_window_open),), seen_by=A.ENTRY_VIEW),
        A.ENTRY_WITHDRAW: Rule(((entry.owner, entry.is_live),), seen_by=A.ENTRY_VIEW),
        A.RESULT_EDIT: Rule(
            ((entry.owner, entry.is_live, entry.is_handed_in, contest.hand_in_window_open),), seen_by=A.ENTRY_VIEW
        ),
        A.RESULT_HAND_IN: Rule(
            ((entry.owner, entry.is_live, entry.is_handed_in, contest.hand_in_window_open),), seen_by=A.ENTRY_VIEW
        ),
        # diaries and evidence
        A.DIARY_VIEW: Rule(((entry.is_public,), *READERS), open=True),
        A.DIARY_WRITE: Rule(((entry.owner, entry.is_live, contest.diary_window_open),), seen_by=A.DIARY_VIEW),
        A.DIARY_SET_RELEASE: Rule(((entry.owner, entry.is_live),), seen_by=A.DIARY_VIEW),
        A.DIARY_ENTRY_VIEW: Rule(
            (
                (entry.is_released, entry.is_public),
                (entry.owner,),
                *((*clause, entry.not_draft) for clause in READERS[1:]),
            ),
            open=True,
        ),
        A.DIARY_ENTRY_EDIT: Rule(
            ((entry.owner, entry.is_live, entry.not_released, contest.diary_window_open),),
            seen_by=A.DIARY_ENTRY_VIEW,
        ),
        A.DIARY_ENTRY_RELEASE: Rule(
            ((entry.unit_clerk, judge.not_recused, entry.not_struck), (contest.organizer, entry.not_struck)),
            seen_by=A.DIARY_ENTRY_VIEW,
        ),
        A.EVIDENCE_VIEW: Rule(
            (
                (entry.is_released, entry.is_public),
                (entry.owner,),
                *((*clause, entry.not_draft) for clause in READERS[1:]),
            ),
            open=True,
        ),
        A.EVIDENCE_STRIKE: Rule(((entry.owner, entry.is_live),), seen_by=A.EVIDENCE_VIEW),
        # judging
        A.PANELS_MANAGE: Rule(((contest.organizer,),), seen_by=A.COMPETITION_VIEW),
        A.ASSIGNMENT_MANAGE: Rule(((contest.organizer,),)),
        A.WORKLIST_VIEW: Rule(((judge.has_seat,),), seen_by=A.COMPETITION_VIEW),
        A.SHEET_VIEW: Rule(
            (
                (judge.own_assignment, judge.not_recused, judge.still_seated),
                (judge.chair, judge.submitted, judge.not_recused),
                (contest.organizer, judge.submitted, judge.not_recused),
                (contest.supervisor, judge.submitted, judge.not_recused),
            )
        ),
        A.SHEET_MARK: Rule(
            ((judge.own_assignment, judge.still_seated, judge.active, judge.marking_open, judge.not_submitted),),
            seen_by=A.SHEET_VIEW,
        ),
        A.RECUSAL_DECLARE: Rule(
            ((judge.own_assignment, judge.still_seated, judge.active, judge.not_submitted),), seen_by=A.SHEET_VIEW
        ),
        # results
        A.PROGRESS_VIEW: Rule(((contest.organizer,), (contest.supervisor,)), seen_by=A.COMPETITION_VIEW),
        A.RANKING_COMPUTE: Rule(((contest.organizer,),), seen_by=A.DOCUMENT_VIEW),
        A.RANKING_VIEW: Rule(((run.is_out,), (contest.organizer,), (contest.supervisor,)), open=True),
        A.RANKING_CONFIRM: Rule(
            ((contest.organizer, run.is_computed, run.another_person),), seen_by=A.RANKING_VIEW
        ),
        A.RANKING_PUBLISH: Rule(((contest.organizer, run.is_confirmed),), seen_by=A.RANKING_VIEW),
        A.RANKING_FINISH: Rule(
            ((contest.organizer, run.is_published, run.notice_over),), seen_by=A.RANKING_VIEW
        ),
        A.MATRIX_EXPORT: Rule(((contest.organizer,), (contest.supervisor,)), seen_by=A.DOCUMENT_VIEW),
        # awards and archive
        A.CERTIFICATES_ISSUE: Rule(((contest.organizer, run.is_final),), seen_by=A.RANKING_VIEW),
        A.CERTIFICATE_DOWNLOAD: Rule(((awards.winner, awards.is_issued), (contest.organizer, awards.is_issued))),
        A.CERTIFICATE_WITHDRAW: Rule(((contest.organizer, awards.is_issued),)),
        A.ARCHIVE_MAKE: Rule(((contest.organizer,),), seen_by=A.COMPETITION_VIEW),
        A.ARCHIVE_DOWNLOAD: Rule(((contest.organizer,), (contest.supervisor,))),
        A.AUDIT_VIEW: Rule(((contest.organizer,), (contest.supervisor,)), seen_by=A.COMPETITION_VIEW),
        A.JOB_VIEW: Rule(((people.oneself,), (contest.organizer,), (people.administrator,))),
    }
)
