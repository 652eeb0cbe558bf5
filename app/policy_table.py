# SPDX-License-Identifier: Apache-2.0
"""The one table: for each action the clauses that permit it. Any clause whose claims all hold is enough."""

from __future__ import annotations

from app.accounts import predicates as people
from app.awards import predicates as awards
from app.competitions import predicates as contest
from app.entries import predicates as entry
from app.judging import predicates as judge
from app.policy import Action, Policy, Rule
from app.results import predicates as run

# Who reads all of an entry. Recusal beats every grant, so each office carries it.
OFFICES = (
    (entry.unit_clerk, judge.not_recused),
    (entry.organizer, judge.not_recused),
    (entry.supervisor, judge.not_recused),
    (judge.judges_entry, judge.not_recused),
)
READERS = ((entry.owner,), *OFFICES)
# Who reads a diary entry or a file: a draft is its author's own, and what was struck is not public.
READERS_OF_PARTS = (
    (entry.is_released, entry.is_public),
    (entry.owner,),
    *((*clause, entry.put_forward) for clause in OFFICES),
)

RESULT_IS_OPEN = (
    entry.owner,
    entry.is_live,
    entry.is_handed_in,
    contest.hand_in_window_open,
    entry.not_being_judged,
)

TABLE = Policy(
    {
        # accounts
        Action.ACCOUNT_USE: Rule(((people.signed_in,),)),
        Action.USERS_MANAGE: Rule(((people.administrator,),)),
        Action.USER_MANAGE: Rule(((people.administrator,),)),
        Action.SIGN_IN_LINK_REVOKE: Rule(((people.oneself,), (people.administrator,))),
        Action.SESSION_END: Rule(((people.oneself,), (people.administrator,))),
        # competitions
        Action.COMPETITION_CREATE: Rule(((people.administrator,),)),
        Action.COMPETITION_VIEW: Rule(
            ((contest.opened,), (contest.takes_part,), (judge.has_seat,), (people.administrator,)), open=True
        ),
        Action.COMPETITION_MANAGE: Rule(
            ((contest.organizer,), (people.administrator,)), seen_by=Action.COMPETITION_VIEW
        ),
        Action.COMPETITION_OVERSEE: Rule(
            ((contest.organizer,), (contest.supervisor,)), seen_by=Action.COMPETITION_VIEW
        ),
        Action.GRANTS_MANAGE: Rule(((contest.organizer,), (people.administrator,)), seen_by=Action.COMPETITION_VIEW),
        Action.DOCUMENT_VIEW: Rule(
            ((contest.opened,), (contest.organizer,), (contest.supervisor,), (judge.has_seat,)), open=True
        ),
        Action.DOCUMENT_EDIT: Rule(
            ((contest.organizer, contest.not_frozen, contest.not_due),), seen_by=Action.DOCUMENT_VIEW
        ),
        Action.DOCUMENT_FREEZE: Rule(
            ((contest.organizer, contest.not_frozen, contest.has_document),), seen_by=Action.DOCUMENT_VIEW
        ),
        # entries
        Action.ENTRY_CREATE: Rule(
            ((contest.opened, people.signed_in, contest.entry_window_open),), seen_by=Action.COMPETITION_VIEW
        ),
        Action.ENTRY_VIEW: Rule(((entry.is_public,), *READERS), open=True),
        Action.ENTRY_READ: Rule(READERS, seen_by=Action.ENTRY_VIEW),
        Action.ENTRY_EDIT: Rule(
            ((entry.owner, entry.is_live, contest.entry_window_open, entry.not_being_judged),),
            seen_by=Action.ENTRY_VIEW,
        ),
        Action.ENTRY_HAND_IN: Rule(
            ((entry.owner, entry.is_live, contest.entry_window_open, entry.not_being_judged),),
            seen_by=Action.ENTRY_VIEW,
        ),
        Action.ENTRY_WITHDRAW: Rule(((entry.owner, entry.is_live),), seen_by=Action.ENTRY_VIEW),
        Action.RESULT_EDIT: Rule((RESULT_IS_OPEN,), seen_by=Action.ENTRY_VIEW),
        Action.RESULT_HAND_IN: Rule((RESULT_IS_OPEN,), seen_by=Action.ENTRY_VIEW),
        # diaries and evidence
        Action.DIARY_VIEW: Rule(((entry.is_public,), *READERS), open=True),
        Action.DIARY_WRITE: Rule(((entry.owner, entry.is_live, entry.diary_window_open),), seen_by=Action.DIARY_VIEW),
        Action.DIARY_SET_RELEASE: Rule(((entry.owner, entry.is_live),), seen_by=Action.DIARY_VIEW),
        Action.DIARY_ENTRY_VIEW: Rule(READERS_OF_PARTS, open=True),
        Action.DIARY_ENTRY_EDIT: Rule(
            ((entry.owner, entry.is_live, entry.not_struck, entry.not_released, entry.diary_window_open),),
            seen_by=Action.DIARY_ENTRY_VIEW,
        ),
        Action.DIARY_ENTRY_RELEASE: Rule(
            (
                (entry.unit_clerk, judge.not_recused, entry.is_live, entry.put_forward, entry.not_struck),
                (entry.organizer, judge.not_recused, entry.is_live, entry.put_forward, entry.not_struck),
            ),
            seen_by=Action.DIARY_ENTRY_VIEW,
        ),
        Action.DIARY_ENTRY_STRIKE: Rule(
            ((entry.owner, entry.is_live, entry.not_struck),), seen_by=Action.DIARY_ENTRY_VIEW
        ),
        Action.RELEASES_VIEW: Rule(((contest.clerk,), (contest.organizer,)), seen_by=Action.COMPETITION_VIEW),
        Action.EVIDENCE_VIEW: Rule(READERS_OF_PARTS, open=True),
        Action.EVIDENCE_STRIKE: Rule(((entry.owner, entry.is_live),), seen_by=Action.EVIDENCE_VIEW),
        # judging
        Action.PANELS_MANAGE: Rule(((contest.organizer,),), seen_by=Action.COMPETITION_VIEW),
        Action.ASSIGNMENT_MANAGE: Rule(((contest.organizer,),)),
        Action.WORKLIST_VIEW: Rule(((judge.has_seat,),), seen_by=Action.COMPETITION_VIEW),
        Action.PANEL_WATCH: Rule(
            ((judge.chair,), (contest.organizer,), (contest.supervisor,)), seen_by=Action.COMPETITION_VIEW
        ),
        Action.SHEET_VIEW: Rule(
            (
                (judge.own_assignment, judge.not_recused, judge.still_seated),
                (judge.chair, judge.submitted, judge.not_recused, judge.own_marks_in),
                (contest.organizer, judge.submitted, judge.not_recused, judge.own_marks_in),
                (contest.supervisor, judge.submitted, judge.not_recused, judge.own_marks_in),
            )
        ),
        Action.SHEET_RETURN: Rule(
            ((judge.chair, judge.another_judges, judge.submitted, judge.own_marks_in, run.not_decided),),
            seen_by=Action.SHEET_VIEW,
        ),
        Action.SHEET_MARK: Rule(
            ((judge.own_assignment, judge.still_seated, judge.active, judge.marking_open, judge.not_submitted),),
            seen_by=Action.SHEET_VIEW,
        ),
        Action.RECUSAL_DECLARE: Rule(
            ((judge.own_assignment, judge.still_seated, judge.active, judge.not_submitted),), seen_by=Action.SHEET_VIEW
        ),
        # results
        Action.PROGRESS_VIEW: Rule(((contest.organizer,), (contest.supervisor,)), seen_by=Action.COMPETITION_VIEW),
        Action.RANKING_COMPUTE: Rule(((contest.organizer,),), seen_by=Action.DOCUMENT_VIEW),
        Action.RANKING_VIEW: Rule(((run.is_out,), (contest.organizer,), (contest.supervisor,)), open=True),
        Action.RANKING_CONFIRM: Rule(
            ((contest.organizer, run.is_computed, run.another_person),), seen_by=Action.RANKING_VIEW
        ),
        Action.RANKING_REJECT: Rule(((contest.organizer, run.is_not_out),), seen_by=Action.RANKING_VIEW),
        Action.RANKING_PUBLISH: Rule(((contest.organizer, run.is_confirmed),), seen_by=Action.RANKING_VIEW),
        Action.RANKING_FINISH: Rule(
            ((contest.organizer, run.is_published, run.notice_over),), seen_by=Action.RANKING_VIEW
        ),
        Action.RANKING_PROMOTE: Rule(((contest.organizer, run.is_standing),), seen_by=Action.RANKING_VIEW),
        Action.MATRIX_EXPORT: Rule(((contest.organizer,), (contest.supervisor,)), seen_by=Action.DOCUMENT_VIEW),
        # awards and archive
        Action.CERTIFICATES_VIEW: Rule(
            ((contest.organizer,), (contest.supervisor,), (awards.winner,)), seen_by=Action.RANKING_VIEW
        ),
        Action.CERTIFICATES_ISSUE: Rule(((contest.organizer, run.is_final),), seen_by=Action.RANKING_VIEW),
        Action.CERTIFICATE_DOWNLOAD: Rule(
            ((awards.winner, awards.is_issued), (contest.organizer, awards.is_issued)),
            seen_by=Action.CERTIFICATES_VIEW,
        ),
        Action.CERTIFICATE_WITHDRAW: Rule(((contest.organizer, awards.is_issued),), seen_by=Action.CERTIFICATES_VIEW),
        Action.ARCHIVE_LIST: Rule(((contest.organizer,), (contest.supervisor,)), seen_by=Action.COMPETITION_VIEW),
        Action.ARCHIVE_MAKE: Rule(((contest.organizer,),), seen_by=Action.COMPETITION_VIEW),
        Action.ARCHIVE_DOWNLOAD: Rule(((contest.organizer,), (contest.supervisor,))),
        Action.AUDIT_VIEW: Rule(((contest.organizer,), (contest.supervisor,)), seen_by=Action.COMPETITION_VIEW),
        Action.JOB_VIEW: Rule(((people.oneself,), (contest.organizer,), (people.administrator,))),
    }
)
