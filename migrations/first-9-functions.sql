-- The closed list of questions asked before a tenant is known; each answers ids only.
-- Functions that run with their owner's rights look at temporary relations last.
-- PostgreSQL searches a session's temporary schema first unless `pg_temp` stands in the path, and the application
-- may make temporary tables: a view of its own named like a table would run its code with the owner's rights.

CREATE FUNCTION owners_of_receipt(account uuid, id text)
  RETURNS TABLE(tenant_id uuid, batch_id uuid, seq int, recipient bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.tenant_id, a.batch_id, a.seq, a.recipient FROM acceptance a WHERE a.account_id = account AND a.gateway_id = id LIMIT 100
$$;
REVOKE ALL ON FUNCTION owners_of_receipt(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION owners_of_receipt(uuid, text) TO bonheure_app;
ALTER FUNCTION owners_of_receipt(uuid, text) OWNER TO bonheure_lookup;

CREATE FUNCTION tenant_of_batch(batch uuid)
  RETURNS TABLE(tenant_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT b.tenant_id FROM batch b WHERE b.id = batch
$$;
REVOKE ALL ON FUNCTION tenant_of_batch(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant_of_batch(uuid) TO bonheure_app;
ALTER FUNCTION tenant_of_batch(uuid) OWNER TO bonheure_lookup;

CREATE FUNCTION tenants_of_account(account uuid)
  RETURNS TABLE(tenant_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.id FROM tenant t WHERE EXISTS (SELECT 1 FROM batch b WHERE b.account_id = account AND b.tenant_id = t.id)
  OR EXISTS (SELECT 1 FROM batch b WHERE b.former <> '{}' AND account = ANY (b.former) AND b.tenant_id = t.id)
  OR EXISTS (SELECT 1 FROM gateway_account g WHERE g.id = account
       AND (jsonb_path_exists(t.settings, '$.routes.** ? (@ == $name)', jsonb_build_object('name', g.name))
            OR g.is_default AND t.settings #> '{routes,default}' IS NULL))
$$;
REVOKE ALL ON FUNCTION tenants_of_account(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_of_account(uuid) TO bonheure_app;
ALTER FUNCTION tenants_of_account(uuid) OWNER TO bonheure_lookup;

CREATE FUNCTION due_intents(moment timestamptz, most int)
  RETURNS TABLE(intent_id uuid, tenant_id uuid, class smallint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT i.id, i.tenant_id, i.class FROM intent i WHERE i.not_before <= moment ORDER BY i.class, i.not_before LIMIT least(most, 1000)
$$;
REVOKE ALL ON FUNCTION due_intents(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_intents(timestamptz, int) TO bonheure_app;
ALTER FUNCTION due_intents(timestamptz, int) OWNER TO bonheure_lookup;

-- Whatever is open is started again where Temporal was emptied; an erasure too.
-- A trial that waits for its hour is found again where Temporal was emptied or the clock was moved.
CREATE FUNCTION open_work(late timestamptz, after_id uuid, most int)
  RETURNS TABLE(kind text, id uuid, tenant_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT * FROM (
    SELECT 'series', s.id, s.tenant_id FROM reminder_series s WHERE s.next_action_at <= late
    UNION ALL
    SELECT 'series', s.id, s.tenant_id FROM reminder_series s
     WHERE late = 'infinity' AND s.state IN ('open', 'paused') AND s.next_action_at IS NULL
    UNION ALL
    SELECT 'campaign', c.id, c.tenant_id FROM campaign c
     WHERE late = 'infinity' AND c.status = 'cancelled'
       AND EXISTS (SELECT 1 FROM batch b WHERE b.campaign_id = c.id AND b.state = 'open')
    UNION ALL
    SELECT 'campaign', c.id, c.tenant_id FROM campaign c WHERE c.status IN ('scheduled', 'running', 'paused', 'parked')
    UNION ALL
    SELECT 'acknowledgements', b.id, b.tenant_id FROM batch b WHERE (b.kind = 'acknowledgements' OR b.kind = 'test' AND b.state = 'open') AND b.next_action_at <= late
    UNION ALL
    SELECT 'import', i.id, i.tenant_id FROM import i WHERE i.state IN ('queued', 'reading')
    UNION ALL
    SELECT 'erasure', e.id, e.tenant_id FROM erasure e WHERE e.state = 'running'
  ) open (kind, id, tenant_id) WHERE open.id > after_id ORDER BY open.id LIMIT least(most, 1000)
$$;
REVOKE ALL ON FUNCTION open_work(timestamptz, uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_work(timestamptz, uuid, int) TO bonheure_app;
ALTER FUNCTION open_work(timestamptz, uuid, int) OWNER TO bonheure_lookup;

CREATE FUNCTION tenants_to_link(most int)
  RETURNS TABLE(tenant_id uuid, chain text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT DISTINCT u.tenant_id, u.chain FROM unlinked u LIMIT least(most, 1000)
$$;
REVOKE ALL ON FUNCTION tenants_to_link(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_to_link(int) TO bonheure_app;
ALTER FUNCTION tenants_to_link(int) OWNER TO bonheure_lookup;

CREATE FUNCTION anything_submitting(since timestamptz)
  RETURNS TABLE(batch_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT s.batch_id FROM (SELECT DISTINCT batch_id FROM submission WHERE marked_at >= since) s
  WHERE EXISTS (SELECT 1 FROM message m WHERE m.batch_id = s.batch_id AND m.state = 'submitting') LIMIT 1
$$;
REVOKE ALL ON FUNCTION anything_submitting(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION anything_submitting(timestamptz) TO bonheure_app;
ALTER FUNCTION anything_submitting(timestamptz) OWNER TO bonheure_lookup;

CREATE FUNCTION has_submissions()
  RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM submission) OR EXISTS (SELECT 1 FROM acceptance)
$$;
REVOKE ALL ON FUNCTION has_submissions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION has_submissions() TO bonheure_app;
ALTER FUNCTION has_submissions() OWNER TO bonheure_lookup;

CREATE FUNCTION has_stray_messages()
  RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM message_default)
$$;
REVOKE ALL ON FUNCTION has_stray_messages() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION has_stray_messages() TO bonheure_app;
ALTER FUNCTION has_stray_messages() OWNER TO bonheure_lookup;

CREATE FUNCTION tallied_since(moment timestamptz, after_id uuid, most int)
  RETURNS TABLE(tenant_id uuid, batch_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT DISTINCT t.tenant_id, t.batch_id FROM tally t WHERE t.noted_at >= moment AND t.batch_id > after_id
  ORDER BY t.batch_id LIMIT least(most, 1000)
$$;
REVOKE ALL ON FUNCTION tallied_since(timestamptz, uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tallied_since(timestamptz, uuid, int) TO bonheure_app;
ALTER FUNCTION tallied_since(timestamptz, uuid, int) OWNER TO bonheure_lookup;

CREATE FUNCTION every_tenant(after_id uuid, most int)
  RETURNS TABLE(tenant_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.id FROM tenant t WHERE t.id > after_id ORDER BY t.id LIMIT least(most, 1000)
$$;
REVOKE ALL ON FUNCTION every_tenant(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION every_tenant(uuid, int) TO bonheure_app;
ALTER FUNCTION every_tenant(uuid, int) OWNER TO bonheure_lookup;

CREATE FUNCTION message_sums()
  RETURNS TABLE(account_id uuid, purpose text, state text, reason text, territory text, waiting text, messages bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT b.account_id, b.purpose, t.state::text, t.reason, b.territory, b.waiting ->> 'code', sum(t.delta)::bigint
  FROM tally t JOIN batch b ON b.id = t.batch_id GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(t.delta) <> 0
$$;
REVOKE ALL ON FUNCTION message_sums() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION message_sums() TO bonheure_app;
ALTER FUNCTION message_sums() OWNER TO bonheure_lookup;

-- Sums of the whole instance for its metrics: counts by codes, never an id, a name or a tenant.
-- Law time for what is due, machine time for what waits to be told.
CREATE FUNCTION work_sums(law timestamptz, machine timestamptz)
  RETURNS TABLE(what text, kind text, count bigint, oldest_seconds double precision)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT 'campaign', c.status, count(*), NULL::double precision FROM campaign c GROUP BY 2
  UNION ALL SELECT 'parked', c.parked_because, count(*), NULL FROM campaign c WHERE c.status = 'parked' GROUP BY 2
  UNION ALL SELECT 'intent', i.class::text, count(*), extract(epoch FROM machine - min(i.created_at)) FROM intent i GROUP BY 2
  UNION ALL SELECT 'link', u.chain, count(*), extract(epoch FROM machine - min(uuid_extract_timestamp(u.event_id))) FROM unlinked u GROUP BY 2
  UNION ALL SELECT 'tenant', CASE WHEN t.halted THEN 'halted' ELSE 'open' END, count(*), NULL FROM tenant t GROUP BY 2
  UNION ALL SELECT 'import', m.state, count(*), NULL FROM import m GROUP BY 2
  UNION ALL SELECT 'row', r.outcome, coalesce(sum(r.rows), 0)::bigint, NULL FROM import m, LATERAL (
      VALUES ('accepted', m.accepted), ('rejected', m.rejected), ('duplicate', m.duplicates)) r (outcome, rows) GROUP BY 2
  UNION ALL SELECT 'due', d.kind, count(*), extract(epoch FROM law - min(d.at)) FROM (
      SELECT 'series', s.next_action_at FROM reminder_series s WHERE s.next_action_at <= law AND s.woken_at IS NULL
      UNION ALL SELECT 'campaign', c.next_action_at FROM campaign c
       WHERE c.status IN ('scheduled', 'running', 'paused', 'parked') AND c.next_action_at <= law AND c.woken_at IS NULL
      UNION ALL SELECT 'shard', b.next_action_at FROM batch b
       WHERE b.state = 'open' AND b.kind = 'campaign' AND b.next_action_at <= law AND b.woken_at IS NULL) d (kind, at) GROUP BY 2
$$;
REVOKE ALL ON FUNCTION work_sums(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION work_sums(timestamptz, timestamptz) TO bonheure_app;
ALTER FUNCTION work_sums(timestamptz, timestamptz) OWNER TO bonheure_lookup;

CREATE FUNCTION tenant_of_form(form_slug text)
  RETURNS TABLE(tenant_id uuid, form_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT f.tenant_id, f.id FROM form f WHERE f.slug = form_slug
$$;
REVOKE ALL ON FUNCTION tenant_of_form(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant_of_form(text) TO bonheure_app;
ALTER FUNCTION tenant_of_form(text) OWNER TO bonheure_lookup;

-- Whose person a way-out link names, and which number of theirs a message was made for.
CREATE FUNCTION tenant_of_token(contact uuid)
  RETURNS TABLE(tenant_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.tenant_id FROM contact c WHERE c.id = contact
$$;
REVOKE ALL ON FUNCTION tenant_of_token(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant_of_token(uuid) TO bonheure_app;
ALTER FUNCTION tenant_of_token(uuid) OWNER TO bonheure_lookup;

CREATE FUNCTION due_webhooks(now timestamptz, most int)
  RETURNS TABLE(endpoint_id uuid, tenant_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT e.id, e.tenant_id FROM webhook_endpoint e
  WHERE e.removed_at IS NULL AND (e.resting_until IS NULL OR e.resting_until <= now)
    AND EXISTS (SELECT FROM webhook_delivery d WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.next_attempt_at <= now)
  ORDER BY (SELECT min(d.next_attempt_at) FROM webhook_delivery d WHERE d.endpoint_id = e.id AND d.state = 'pending') LIMIT most
$$;
REVOKE ALL ON FUNCTION due_webhooks(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_webhooks(timestamptz, int) TO bonheure_app;
ALTER FUNCTION due_webhooks(timestamptz, int) OWNER TO bonheure_lookup;

CREATE FUNCTION tenants_of_old_webhooks(before timestamptz, most int)
  RETURNS TABLE(tenant_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT DISTINCT o.tenant_id FROM (
  SELECT d.tenant_id FROM webhook_delivery d WHERE d.state <> 'pending' AND d.finished_at < before
   ORDER BY d.finished_at LIMIT most) o
$$;
REVOKE ALL ON FUNCTION tenants_of_old_webhooks(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_of_old_webhooks(timestamptz, int) TO bonheure_app;
ALTER FUNCTION tenants_of_old_webhooks(timestamptz, int) OWNER TO bonheure_lookup;

CREATE FUNCTION webhook_sums()
  RETURNS TABLE(delivered double precision, retried double precision, failed double precision, pending double precision,
    failing double precision)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(sum(e.delivered), 0)::float8, coalesce(sum(e.retried), 0)::float8, coalesce(sum(e.failed), 0)::float8,
       (SELECT count(*)::float8 FROM webhook_delivery WHERE state = 'pending'),
       count(*) FILTER (WHERE e.removed_at IS NULL AND e.failing_since IS NOT NULL)::float8
  FROM webhook_endpoint e
$$;
REVOKE ALL ON FUNCTION webhook_sums() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webhook_sums() TO bonheure_app;
ALTER FUNCTION webhook_sums() OWNER TO bonheure_lookup;

-- How long lists of people who left wait to be read, in the whole instance: nothing of their tenants is sent
-- meanwhile.
CREATE FUNCTION unread_suppressions(machine timestamptz)
  RETURNS TABLE(count bigint, oldest_seconds double precision)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*), extract(epoch FROM machine - min(uuid_extract_timestamp(m.id))) FROM import m
   WHERE m.kind = 'suppressions' AND m.state IN ('queued', 'reading', 'parked')
$$;
REVOKE ALL ON FUNCTION unread_suppressions(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unread_suppressions(timestamptz) TO bonheure_app;
ALTER FUNCTION unread_suppressions(timestamptz) OWNER TO bonheure_lookup;

CREATE FUNCTION tenant_of_series(series uuid)
  RETURNS TABLE(tenant_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT s.tenant_id FROM reminder_series s WHERE s.id = series
$$;
REVOKE ALL ON FUNCTION tenant_of_series(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant_of_series(uuid) TO bonheure_app;
ALTER FUNCTION tenant_of_series(uuid) OWNER TO bonheure_lookup;

CREATE FUNCTION tenants_of_batches(batches uuid[])
  RETURNS TABLE(batch_id uuid, tenant_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT b.id, b.tenant_id FROM batch b WHERE b.id = ANY (batches)
$$;
REVOKE ALL ON FUNCTION tenants_of_batches(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_of_batches(uuid[]) TO bonheure_app;
ALTER FUNCTION tenants_of_batches(uuid[]) OWNER TO bonheure_lookup;

CREATE FUNCTION late_campaigns()
  RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*) FROM campaign c WHERE c.forecast_late AND c.status = 'running'
$$;
REVOKE ALL ON FUNCTION late_campaigns() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION late_campaigns() TO bonheure_app;
ALTER FUNCTION late_campaigns() OWNER TO bonheure_lookup;

-- Marks are by the machine clock, decisions by the law clock: an id of a decision tells the one for the other.
-- A call that a restored database only supposes was decided by nobody: it is no attempt outside the window.
-- Marks are by the machine clock, decisions by the law clock: an id of a decision tells the one for the other.
CREATE FUNCTION attempts_outside_between(first timestamptz, bound timestamptz)
  RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*) FROM submission s LEFT JOIN decision d ON d.id = s.decision_id
   WHERE s.id >= (lpad(to_hex(floor(extract(epoch FROM first) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid AND s.id < (lpad(to_hex(floor(extract(epoch FROM bound) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
     AND NOT (s.decision_id IS NULL AND s.body_digest = '')
     AND (d.id IS NULL OR d.verdict <> 'allow' OR d.at + (s.marked_at - uuid_extract_timestamp(d.id)) >= d.until)
$$;
REVOKE ALL ON FUNCTION attempts_outside_between(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION attempts_outside_between(timestamptz, timestamptz) TO bonheure_app;
ALTER FUNCTION attempts_outside_between(timestamptz, timestamptz) OWNER TO bonheure_lookup;

-- Tables are measured in the owner's name: the right to do it oneself is also the right to lock out everybody.
-- What somebody else maintains at that moment is left out, since nobody's campaign waits for a measure.
CREATE FUNCTION measure_grown(names text[])
  RETURNS SETOF text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE name text;
  BEGIN
    FOR name IN
      SELECT c.relname FROM pg_class c
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname = ANY(names)
         AND pg_relation_size(c.oid) / current_setting('block_size')::int > 1.5 * c.relpages
       ORDER BY 1
    LOOP
      EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I', name);
      RETURN NEXT name;
    END LOOP;
  END
$$;
REVOKE ALL ON FUNCTION measure_grown(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION measure_grown(text[]) TO bonheure_app;

CREATE FUNCTION measure_messages(batch uuid)
  RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE month text := 'message_' || to_char(uuid_extract_timestamp(batch) AT TIME ZONE 'UTC', 'YYYYMM');
  BEGIN
    EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I',
      CASE WHEN to_regclass('public.' || month) IS NULL THEN 'message_default' ELSE month END);
    ANALYZE (SKIP_LOCKED) ONLY public.message;
  END
$$;
REVOKE ALL ON FUNCTION measure_messages(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION measure_messages(uuid) TO bonheure_app;

CREATE FUNCTION tenant_named(named text)
  RETURNS TABLE(tenant_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.id FROM tenant t WHERE t.external_id = named
$$;
REVOKE ALL ON FUNCTION tenant_named(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant_named(text) TO bonheure_app;
ALTER FUNCTION tenant_named(text) OWNER TO bonheure_lookup;

CREATE FUNCTION listed_tenants(after_id uuid, most int)
  RETURNS TABLE(tenant_id uuid, external_id text, name text, created_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.id, t.external_id, t.name, t.created_at FROM tenant t WHERE t.id > after_id ORDER BY t.id LIMIT least(most, 1000)
$$;
REVOKE ALL ON FUNCTION listed_tenants(uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION listed_tenants(uuid, int) TO bonheure_app;
ALTER FUNCTION listed_tenants(uuid, int) OWNER TO bonheure_lookup;

-- Due rows carry their row version: a row is marked as woken only if nothing was written to it since.
-- A woken workflow may plan again by a clock that is slightly behind, and wait for the same instant. Marking it as
-- woken after that left it asleep until the next reconciliation, a minute or two later.
CREATE FUNCTION due_work(moment timestamptz, most int)
  RETURNS TABLE(kind text, id uuid, tenant_id uuid, workflow_id text, due_at timestamptz, version text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT * FROM (
    SELECT 'series', s.id, s.tenant_id, 'series/' || s.id, s.next_action_at, s.xmin::text FROM reminder_series s
     WHERE s.next_action_at <= moment AND s.woken_at IS NULL
    UNION ALL
    SELECT 'campaign', c.id, c.tenant_id, 'campaign/' || c.id, c.next_action_at, c.xmin::text FROM campaign c
     WHERE c.status IN ('scheduled', 'running', 'paused', 'parked') AND c.next_action_at <= moment
       AND c.woken_at IS NULL
    UNION ALL
    SELECT 'shard', b.id, b.tenant_id, 'campaign/' || b.campaign_id || '/shard/' || b.shard, b.next_action_at, b.xmin::text
      FROM batch b
     WHERE b.state = 'open' AND b.kind = 'campaign' AND b.next_action_at <= moment
       AND b.woken_at IS NULL
  ) due (kind, id, tenant_id, workflow_id, due_at, version) ORDER BY due_at LIMIT least(most, 1000)
$$;
REVOKE ALL ON FUNCTION due_work(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_work(timestamptz, int) TO bonheure_app;
ALTER FUNCTION due_work(timestamptz, int) OWNER TO bonheure_lookup;

-- How many parts the message of an id has, beside whose it is.
CREATE FUNCTION owners_of_receipts(accounts uuid[], ids text[])
  RETURNS TABLE(nth bigint, tenant_id uuid, batch_id uuid, seq int, parts smallint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.nth, a.tenant_id, a.batch_id, a.seq, a.parts
    FROM unnest(accounts, ids) WITH ORDINALITY AS t(account, id, nth)
   CROSS JOIN LATERAL (SELECT o.tenant_id, o.batch_id, o.seq, o.parts FROM acceptance o
                        WHERE o.account_id = t.account AND o.gateway_id = t.id LIMIT 2) a
$$;
REVOKE ALL ON FUNCTION owners_of_receipts(uuid[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION owners_of_receipts(uuid[], text[]) TO bonheure_app;
ALTER FUNCTION owners_of_receipts(uuid[], text[]) OWNER TO bonheure_lookup;

-- The place of a tenant comes with its key, so that the law answers without another question.
-- Whoever asks without naming a language is answered in that of the tenant, known with the key.
CREATE FUNCTION tenant_of_key(key_hash bytea)
  RETURNS TABLE(key_id uuid, tenant_id uuid, role text, source text, name text, sector text, domains text[], territory text, time_zone text,
    locale text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT k.id, k.tenant_id, k.role, k.source, k.name, t.sector, t.domains, t.territory, t.time_zone, t.locale
    FROM api_key k LEFT JOIN tenant t ON t.id = k.tenant_id
   WHERE k.hash = key_hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
$$;
REVOKE ALL ON FUNCTION tenant_of_key(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant_of_key(bytea) TO bonheure_app;
ALTER FUNCTION tenant_of_key(bytea) OWNER TO bonheure_lookup;
