-- Roles, the tenant policy, and the words shared by all tables.

DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bonheure_app') THEN
    CREATE ROLE bonheure_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bonheure_lookup') THEN
    CREATE ROLE bonheure_lookup NOLOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
  EXECUTE format('GRANT bonheure_lookup TO %I', current_user);
END $$;
GRANT USAGE ON SCHEMA public TO bonheure_app, bonheure_lookup;
GRANT CREATE ON SCHEMA public TO bonheure_lookup;
-- The migrator's own table: readiness compares it with the files.
GRANT SELECT ON migration TO bonheure_app;

CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('bonheure.tenant', true), '')::uuid
$$;

CREATE FUNCTION protect(target regclass, verbs text DEFAULT 'SELECT, INSERT, UPDATE', owner_column text DEFAULT 'tenant_id')
  RETURNS void
  LANGUAGE plpgsql AS $$
  DECLARE
    same text := format('%I = (SELECT nullif(current_setting(''bonheure.tenant'', true), '''')::uuid)', owner_column);
  BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY same_tenant ON %s USING (%s) WITH CHECK (%s)', target, same, same);
    EXECUTE format('GRANT %s ON %s TO bonheure_app', verbs, target);
  END
$$;

CREATE FUNCTION iso(moment timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END
$$;

CREATE TYPE message_state AS ENUM
  ('ready', 'submitting', 'accepted', 'delivered', 'undelivered', 'excluded', 'failed', 'expired', 'uncertain');
