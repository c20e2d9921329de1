"""What psql is told around the statements of a restore: with them it is one transaction.

Its variables: `schema`, `migrated` (true where our tables are there), `ours` (their names), `hold` (an id), `why`.
"""

#: First the place is made: ours only, so that what others keep in this schema is never lost. A "no" outlives it: who
#: said STOP since the backup, which phones are shared, which wishes there are, which accounts were stopped.
BEFORE = """\
BEGIN;
SET LOCAL lock_timeout = '20s';
SELECT pg_advisory_xact_lock(hashtextextended('pim migrate', 0));
\\if :migrated
SET LOCAL search_path TO :"schema";
CREATE TEMP TABLE kept_stop ON COMMIT DROP AS
SELECT address_id, max(opted_out_at) AS at FROM person_address WHERE opted_out_at IS NOT NULL GROUP BY address_id;
CREATE TEMP TABLE kept_shared ON COMMIT DROP AS SELECT id FROM address WHERE shared;
CREATE TEMP TABLE kept_wish ON COMMIT DROP AS SELECT * FROM consent;
CREATE TEMP TABLE kept_out ON COMMIT DROP AS SELECT id, disabled_at FROM account WHERE disabled_at IS NOT NULL;
\\endif
SELECT format('DROP TABLE %s', string_agg(format('%I.%I', schemaname, tablename), ', ')) FROM pg_tables
WHERE schemaname = :'schema' AND tablename = ANY (string_to_array(:'ours', ',')) HAVING count(*) > 0 \\gexec
"""

#: The hold is there from the moment the rest is. No heartbeat: who lifts the hold isn't asked again at the start. No
#: log-ins: what was ended since the backup would live again.
AFTER = """
SET LOCAL search_path TO :"schema";
\\if :migrated
UPDATE person_address SET opted_out_at = kept_stop.at FROM kept_stop
WHERE person_address.address_id = kept_stop.address_id AND opted_out_at IS NULL;
UPDATE address SET shared = true FROM kept_shared WHERE address.id = kept_shared.id AND NOT shared;
INSERT INTO consent (id, person_id, purpose, given, at, language, text_hash)
SELECT id, person_id, purpose, given, at, language, text_hash FROM kept_wish
WHERE person_id IN (SELECT id FROM person) ON CONFLICT (id) DO NOTHING;
UPDATE account SET disabled_at = kept_out.disabled_at FROM kept_out
WHERE account.id = kept_out.id AND account.disabled_at IS NULL;
\\endif
DELETE FROM heartbeat;
DELETE FROM staff_session;
INSERT INTO hold (id, since, why)
SELECT :'hold'::uuid, now() + coalesce((SELECT "offset" FROM service_clock LIMIT 1), interval '0'),
    :'why' || coalesce(' Ook daarvoor stond alles op pauze: ' || string_agg(why, ' ' ORDER BY since), '')
FROM hold WHERE lifted_at IS NULL;
UPDATE hold SET lifted_at = now(), lifted_why = :'why' WHERE lifted_at IS NULL AND id <> :'hold'::uuid;
COMMIT;
"""
