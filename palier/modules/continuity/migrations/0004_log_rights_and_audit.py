"""The log is written once; one function alone may erase a text, and only after an entry has said so."""

from django.db import migrations

from palier.kernel.audit.triggers import attach_audit
from palier.kernel.organisations.rights import RestrictRights

# Per schema, with a fixed search path: a function of the shared schema would have to be told which log to redact.
REDACT = """
DO $do$ BEGIN
EXECUTE format($create$
    CREATE OR REPLACE FUNCTION redact_log_text(erased_seq bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = %1$I, pg_temp AS $body$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM continuity_log_entry WHERE redacts_seq = erased_seq) THEN
            RAISE EXCEPTION 'no entry of the log says that the text of entry %% is redacted', erased_seq
                USING ERRCODE = 'check_violation';
        END IF;
        UPDATE continuity_log_entry SET text = NULL, salt = NULL, place_label = '', decision_maker = '',
            action_owner = '' WHERE seq = erased_seq;
        RETURN FOUND;
    END
    $body$
$create$, current_schema());
EXECUTE 'REVOKE ALL ON FUNCTION redact_log_text(bigint) FROM PUBLIC';
IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = current_schema()) THEN
    EXECUTE format('GRANT EXECUTE ON FUNCTION redact_log_text(bigint) TO %I', current_schema());
END IF;
END $do$
"""


class Migration(migrations.Migration):
    dependencies = [("continuity", "0003_crisis_cell"), ("audit", "0001_initial")]

    operations = [
        RestrictRights("continuity_log_entry", "INSERT", "SELECT"),
        migrations.RunSQL(REDACT, "DROP FUNCTION IF EXISTS redact_log_text(bigint)"),
        attach_audit("continuity_task"),
        attach_audit("continuity_cell"),
        attach_audit("continuity_cell_member"),
        attach_audit("continuity_call_out_answer", except_for=("nonce",)),
        attach_audit("continuity_meeting"),
        attach_audit("continuity_cell_decision"),
        attach_audit("continuity_situation_report", except_for=("frozen",)),
        attach_audit("continuity_notice", except_for=("text",)),
        attach_audit("continuity_pack_settings", except_for=("sealed_password",)),
    ]
