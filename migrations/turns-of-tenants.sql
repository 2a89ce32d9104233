-- Each turn takes one of every tenant, in the order of their ids from the one after `after_tenant` on: the caller
-- names the tenant that was last, so that nobody is passed over however many tenants there are.
-- Each step of a turn is a look-up by key, and steps end once enough is taken: a backlog costs no more than a few.
-- Plans are made by keys even while a table is nearly empty: the plan is kept while it fills.

DROP INDEX intent_due;
CREATE INDEX intent_due ON intent (class, tenant_id, not_before, id);
CREATE INDEX reminder_series_turn ON reminder_series (tenant_id, next_action_at, id) WHERE woken_at IS NULL AND next_action_at IS NOT NULL;
CREATE INDEX campaign_turn ON campaign (tenant_id, next_action_at, id)
  WHERE status IN ('scheduled', 'running', 'paused', 'parked') AND woken_at IS NULL;
CREATE INDEX batch_turn ON batch (tenant_id, next_action_at, id) WHERE state = 'open' AND kind = 'campaign' AND woken_at IS NULL;

DROP FUNCTION due_intents(timestamptz, int);
-- Nothing is put off by more than five minutes: what seems to wait for longer was written by a clock that was ahead.
CREATE FUNCTION due_intents(moment timestamptz, most int, after_tenant uuid DEFAULT '00000000-0000-0000-0000-000000000000')
  RETURNS TABLE(intent_id uuid, tenant_id uuid, class smallint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  SET enable_seqscan = off SET enable_bitmapscan = off AS $$
  SELECT due.id, due.tenant_id, c.class
    FROM unnest('{0,1,2,3}'::smallint[]) AS c(class)
   CROSS JOIN LATERAL (
     WITH RECURSIVE whose(tenant_id) AS (
       (SELECT i.tenant_id FROM intent i WHERE i.class = c.class ORDER BY i.tenant_id LIMIT 1)
       UNION ALL
       SELECT n.tenant_id FROM whose w CROSS JOIN LATERAL (
         SELECT i.tenant_id FROM intent i WHERE i.class = c.class AND i.tenant_id > w.tenant_id ORDER BY i.tenant_id LIMIT 1) n
     ), turns(tenant_id, not_before, id, turn, taken) AS (
       SELECT w.tenant_id, '-infinity'::timestamptz, '00000000-0000-0000-0000-000000000000'::uuid, 0, 0::bigint FROM whose w
       UNION ALL
       SELECT t.tenant_id, n.not_before, n.id, t.turn + 1, t.taken + count(*) OVER ()
         FROM turns t CROSS JOIN LATERAL (
           (SELECT i.not_before, i.id FROM intent i
             WHERE i.class = c.class AND i.tenant_id = t.tenant_id AND (i.not_before, i.id) > (t.not_before, t.id)
               AND i.not_before <= moment
             ORDER BY i.not_before, i.id LIMIT 1)
           UNION ALL
           (SELECT i.not_before, i.id FROM intent i
             WHERE i.class = c.class AND i.tenant_id = t.tenant_id AND (i.not_before, i.id) > (t.not_before, t.id)
               AND i.not_before > moment + interval '10 minutes'
             ORDER BY i.not_before, i.id LIMIT 1)
           ORDER BY not_before, id LIMIT 1) n
        WHERE t.taken < least(most, 1000)
     )
     SELECT t.id, t.tenant_id, t.turn FROM turns t WHERE t.turn > 0) due
   ORDER BY c.class, due.turn, due.tenant_id <= after_tenant, due.tenant_id LIMIT least(most, 1000)
$$;
REVOKE ALL ON FUNCTION due_intents(timestamptz, int, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_intents(timestamptz, int, uuid) TO bonheure_app;
ALTER FUNCTION due_intents(timestamptz, int, uuid) OWNER TO bonheure_lookup;

DROP FUNCTION due_work(timestamptz, int);
-- Tenants are looked through only where more is due than is asked for: most of them have work that is still to come.
CREATE FUNCTION due_work(moment timestamptz, most int, after_tenant uuid DEFAULT '00000000-0000-0000-0000-000000000000')
  RETURNS TABLE(kind text, id uuid, tenant_id uuid, workflow_id text, due_at timestamptz, version text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  SET enable_seqscan = off SET enable_bitmapscan = off AS $$
  WITH RECURSIVE oldest AS MATERIALIZED (
    (SELECT 'series' AS kind, s.id, s.tenant_id, 'series/' || s.id AS workflow_id, s.next_action_at, s.xmin::text AS version
       FROM reminder_series s
      WHERE s.next_action_at <= moment AND s.woken_at IS NULL ORDER BY s.next_action_at LIMIT least(most, 1000) + 1)
    UNION ALL
    (SELECT 'campaign', c.id, c.tenant_id, 'campaign/' || c.id, c.next_action_at, c.xmin::text FROM campaign c
      WHERE c.status IN ('scheduled', 'running', 'paused', 'parked') AND c.next_action_at <= moment
        AND c.woken_at IS NULL ORDER BY c.next_action_at LIMIT least(most, 1000) + 1)
    UNION ALL
    (SELECT 'shard', b.id, b.tenant_id, 'campaign/' || b.campaign_id || '/shard/' || b.shard, b.next_action_at, b.xmin::text
       FROM batch b
      WHERE b.state = 'open' AND b.kind = 'campaign' AND b.next_action_at <= moment
        AND b.woken_at IS NULL ORDER BY b.next_action_at LIMIT least(most, 1000) + 1)
  ), backlog(is_long) AS MATERIALIZED (SELECT count(*) > least(most, 1000) FROM oldest
  ), turns(kind, id, tenant_id, workflow_id, due_at, version, turn, taken) AS (
    SELECT '', '00000000-0000-0000-0000-000000000000'::uuid, t.id, '', '-infinity'::timestamptz, '', 0::bigint, 0::bigint
      FROM tenant t WHERE (SELECT is_long FROM backlog)
    UNION ALL
    SELECT n.kind, n.id, t.tenant_id, n.workflow_id, n.due_at, n.version, t.turn + 1, t.taken + count(*) OVER ()
      FROM turns t CROSS JOIN LATERAL (
        (SELECT 'series' AS kind, s.id, 'series/' || s.id AS workflow_id, s.next_action_at AS due_at, s.xmin::text AS version
           FROM reminder_series s
          WHERE s.tenant_id = t.tenant_id AND (s.next_action_at, s.id) > (t.due_at, t.id) AND s.next_action_at <= moment
            AND s.woken_at IS NULL ORDER BY s.next_action_at, s.id LIMIT 1)
        UNION ALL
        (SELECT 'campaign', c.id, 'campaign/' || c.id, c.next_action_at, c.xmin::text FROM campaign c
          WHERE c.tenant_id = t.tenant_id AND (c.next_action_at, c.id) > (t.due_at, t.id) AND c.next_action_at <= moment
            AND c.status IN ('scheduled', 'running', 'paused', 'parked') AND c.woken_at IS NULL
          ORDER BY c.next_action_at, c.id LIMIT 1)
        UNION ALL
        (SELECT 'shard', b.id, 'campaign/' || b.campaign_id || '/shard/' || b.shard, b.next_action_at, b.xmin::text
           FROM batch b
          WHERE b.tenant_id = t.tenant_id AND (b.next_action_at, b.id) > (t.due_at, t.id) AND b.next_action_at <= moment
            AND b.state = 'open' AND b.kind = 'campaign' AND b.woken_at IS NULL
          ORDER BY b.next_action_at, b.id LIMIT 1)
        ORDER BY due_at, id LIMIT 1) n
     WHERE t.taken < least(most, 1000)
  )
  SELECT due.kind, due.id, due.tenant_id, due.workflow_id, due.due_at, due.version FROM (
    SELECT t.kind, t.id, t.tenant_id, t.workflow_id, t.due_at, t.version, t.turn FROM turns t WHERE t.turn > 0
    UNION ALL
    SELECT o.*, row_number() OVER (PARTITION BY o.tenant_id ORDER BY o.next_action_at, o.id)
      FROM oldest o WHERE NOT (SELECT is_long FROM backlog)
  ) due (kind, id, tenant_id, workflow_id, due_at, version, turn)
   ORDER BY due.turn, due.tenant_id <= after_tenant, due.tenant_id LIMIT least(most, 1000)
$$;
REVOKE ALL ON FUNCTION due_work(timestamptz, int, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_work(timestamptz, int, uuid) TO bonheure_app;
ALTER FUNCTION due_work(timestamptz, int, uuid) OWNER TO bonheure_lookup;

-- The next moment at which anything acts, whatever is late.
CREATE FUNCTION next_work(moment timestamptz)
  RETURNS timestamptz
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT least(
    (SELECT min(s.next_action_at) FROM reminder_series s WHERE s.next_action_at > moment AND s.woken_at IS NULL),
    (SELECT min(c.next_action_at) FROM campaign c
      WHERE c.status IN ('scheduled', 'running', 'paused', 'parked') AND c.next_action_at > moment AND c.woken_at IS NULL),
    (SELECT min(b.next_action_at) FROM batch b
      WHERE b.state = 'open' AND b.kind = 'campaign' AND b.next_action_at > moment AND b.woken_at IS NULL))
$$;
REVOKE ALL ON FUNCTION next_work(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION next_work(timestamptz) TO bonheure_app;
ALTER FUNCTION next_work(timestamptz) OWNER TO bonheure_lookup;
