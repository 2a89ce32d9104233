-- The ledger: batches, messages, submissions and what became of each; what people answered.

CREATE TABLE batch (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('campaign', 'series', 'acknowledgements', 'test')),
  account_id uuid NOT NULL,
  purpose text NOT NULL,
  campaign_id uuid,
  series_id uuid,
  shard int,
  territory text NOT NULL,
  time_zone text NOT NULL,
  size int NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done')),
  epoch int NOT NULL DEFAULT 0,
  reserved numeric NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  spent numeric NOT NULL DEFAULT 0,
  next_action_at timestamptz,
  woken_at timestamptz,
  waiting jsonb,
  tallied_at timestamptz,
  created_at timestamptz NOT NULL,
  day int NOT NULL DEFAULT 0,
  begun_at timestamptz,
  -- Batches that try a campaign on a few people, and belong to none of its accounts.
  test_of uuid,
  -- A batch may take another account of its route: what it sent before stays with the account that has it.
  routed boolean NOT NULL DEFAULT false,
  former uuid[] NOT NULL DEFAULT '{}',
  price numeric,
  -- What the messages of a batch cost, kept once nothing of it is to leave any more: lines by account, territory and
  -- currency.
  cost jsonb,
  CHECK ((kind = 'campaign') = (campaign_id IS NOT NULL AND shard IS NOT NULL)),
  CHECK ((kind = 'series') = (series_id IS NOT NULL)),
  CHECK ((kind = 'test') = (test_of IS NOT NULL))
);
CREATE UNIQUE INDEX batch_shard ON batch (campaign_id, shard) WHERE campaign_id IS NOT NULL;
CREATE UNIQUE INDEX batch_series ON batch (series_id) WHERE series_id IS NOT NULL;
CREATE INDEX batch_account ON batch (account_id, tenant_id);
CREATE INDEX batch_due ON batch (next_action_at) WHERE state = 'open';
CREATE UNIQUE INDEX batch_standing ON batch (tenant_id, account_id, purpose) WHERE kind = 'acknowledgements';
-- The trials of a campaign are counted and ended by it, among millions of batches.
CREATE INDEX batch_trials ON batch (tenant_id, test_of, created_at) WHERE kind = 'test';
CREATE INDEX batch_former ON batch (tenant_id) WHERE former <> '{}';
SELECT protect('batch');
GRANT SELECT (
  xmin, id, tenant_id, kind, account_id, purpose, campaign_id, series_id, shard, territory, state,
  next_action_at, woken_at, waiting, former
) ON batch TO bonheure_lookup;
CREATE POLICY lookup ON batch FOR SELECT TO bonheure_lookup USING (true);

-- A page of messages is left empty for what its rows become: a mark and an acceptance then move none off it.
-- A marked row is half as long again as a ready one, and its last version stays beside the next until both are
-- over.
CREATE TABLE message (
  batch_id uuid,
  seq int CHECK (seq >= 0),
  tenant_id uuid NOT NULL,
  contact_id uuid,
  state message_state NOT NULL,
  reason text,
  submission_id uuid,
  not_before timestamptz,
  accepted_at timestamptz,
  final_at timestamptz,
  revision int NOT NULL DEFAULT 1,
  parts smallint,
  encoding text,
  digest bytea,
  PRIMARY KEY (batch_id, seq),
  CONSTRAINT submitted_once CHECK ((state NOT IN ('submitting', 'accepted', 'delivered', 'undelivered', 'uncertain'))
    OR submission_id IS NOT NULL),
  CONSTRAINT ended_with_a_reason CHECK ((state NOT IN ('excluded', 'failed', 'expired', 'uncertain'))
    OR reason IS NOT NULL),
  CONSTRAINT ready_is_unsubmitted CHECK (state <> 'ready' OR submission_id IS NULL)
) PARTITION BY RANGE (batch_id);
CREATE INDEX message_contact ON message (tenant_id, contact_id);
SELECT protect('message');
GRANT SELECT (batch_id, state) ON message TO bonheure_lookup;
CREATE POLICY lookup ON message FOR SELECT TO bonheure_lookup USING (true);
-- No policy: a partition is read by nobody but this one question.
CREATE TABLE message_default PARTITION OF message DEFAULT WITH (fillfactor = 30);
GRANT SELECT (batch_id) ON message_default TO bonheure_lookup;

CREATE FUNCTION make_message_partitions(from_month date, months int)
  RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE
    month date; made int := 0; name text;
    bound CONSTANT text := '%s-%s-7000-8000-000000000000';
    low text; high text;
  BEGIN
    FOR i IN 0 .. least(months, 24) - 1 LOOP
      month := (date_trunc('month', from_month) + make_interval(months => i))::date;
      name := 'message_' || to_char(month, 'YYYYMM');
      CONTINUE WHEN to_regclass('public.' || name) IS NOT NULL;
      low := lpad(to_hex((extract(epoch FROM month::timestamp) * 1000)::bigint), 12, '0');
      high := lpad(to_hex((extract(epoch FROM (month + interval '1 month')::timestamp) * 1000)::bigint), 12, '0');
      EXECUTE format('CREATE TABLE public.%I PARTITION OF public.message FOR VALUES FROM (%L) TO (%L) WITH (fillfactor = 30)',
        name, format(bound, left(low, 8), right(low, 4)), format(bound, left(high, 8), right(high, 4)));
      made := made + 1;
    END LOOP;
    RETURN made;
  END
$$;
REVOKE ALL ON FUNCTION make_message_partitions(date, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_message_partitions(date, int) TO bonheure_app;

-- Months of machine time; law and machine must both be past them, so that a moved clock drops nothing in use.
CREATE FUNCTION drop_message_partitions(machine timestamptz, kept_since timestamptz)
  RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE
    part record; month date; low uuid; high uuid; stays boolean; dropped int := 0;
    bound CONSTANT text := '%s-%s-7000-8000-000000000000';
    low_hex text; high_hex text;
  BEGIN
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                 WHERE i.inhparent = 'public.message'::regclass AND c.relname ~ '^message_[0-9]{6}$' ORDER BY 1 LOOP
      month := to_date(right(part.relname, 6), 'YYYYMM');
      CONTINUE WHEN month >= date_trunc('month', least(machine, kept_since) AT TIME ZONE 'UTC')::date;
      low_hex := lpad(to_hex((extract(epoch FROM month::timestamp) * 1000)::bigint), 12, '0');
      high_hex := lpad(to_hex((extract(epoch FROM (month + interval '1 month')::timestamp) * 1000)::bigint), 12, '0');
      low := format(bound, left(low_hex, 8), right(low_hex, 4));
      high := format(bound, left(high_hex, 8), right(high_hex, 4));
      EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.batch b WHERE b.id >= $1 AND b.id < $2 AND b.state = ''open'')
        OR EXISTS (SELECT 1 FROM public.%I m WHERE coalesce(m.final_at, m.accepted_at) >= $3
                    OR m.state IN (''ready'', ''submitting'', ''uncertain''))', part.relname)
        INTO stays USING low, high, kept_since;
      CONTINUE WHEN stays;
      EXECUTE format('DROP TABLE public.%I', part.relname);
      dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
  END
$$;
REVOKE ALL ON FUNCTION drop_message_partitions(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_message_partitions(timestamptz, timestamptz) TO bonheure_app;

SELECT make_message_partitions((now() AT TIME ZONE 'UTC')::date, 4);

CREATE TABLE message_text (
  batch_id uuid,
  seq int,
  tenant_id uuid NOT NULL,
  contact_id uuid,
  sealed bytea NOT NULL,
  remove_at timestamptz NOT NULL,
  -- What a person answers to a reminder that asks stands on its booking, with the reply that says so.
  asks boolean NOT NULL DEFAULT false,
  PRIMARY KEY (batch_id, seq)
);
CREATE INDEX message_text_contact ON message_text (tenant_id, contact_id);
CREATE INDEX message_text_age ON message_text (tenant_id, remove_at);
SELECT protect('message_text', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE decision (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  purpose text NOT NULL,
  territory text NOT NULL,
  time_zone text NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('allow', 'hold', 'refuse', 'expire')),
  at timestamptz NOT NULL,
  until timestamptz,
  profile text NOT NULL,
  rules_version text NOT NULL,
  calendar_version text NOT NULL,
  rules jsonb NOT NULL,
  inputs jsonb NOT NULL,
  clock_revision int NOT NULL
);
CREATE INDEX decision_batch ON decision (batch_id, id);
SELECT protect('decision', 'SELECT, INSERT');
GRANT SELECT (id, verdict, at, until) ON decision TO bonheure_lookup;
CREATE POLICY lookup ON decision FOR SELECT TO bonheure_lookup USING (true);

CREATE TABLE submission (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  account_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  epoch int NOT NULL,
  key text NOT NULL CHECK (length(key) >= 1 AND length(key) <= 20),
  messages int NOT NULL CHECK (messages > 0),
  decision_id uuid,
  marked_at timestamptz NOT NULL,
  body_digest bytea NOT NULL,
  outcome text CHECK (outcome IN ('refused', 'unknown', 'resolved')),
  outcome_code text,
  outcome_at timestamptz,
  resent int NOT NULL DEFAULT 0,
  -- What a part cost when it left: its account may have changed by the time that it is given back.
  price numeric,
  -- What an operator was asked of a message later says nothing of the call that carried it.
  -- Places in the batch of messages that a look-up proved were not taken.
  not_taken int[],
  -- What an operator said when it refused a message, and the code for which a campaign is parked.
  operator_code text,
  operator_words text,
  -- Into how many parts with an id each a text is sent is kept with the mark: whoever dies before the answer told
  -- it.
  sent_parts smallint CHECK (sent_parts >= 1),
  -- What a call costs is kept with its mark: the currency of its account's price, where its numbers are, and when it
  -- was on the law clock. Messages that an operator did not take are refunded: each such sum is a row of its own.
  currency text,
  territory text,
  law_at timestamptz,
  CHECK ((outcome IS NULL) = (outcome_at IS NULL))
);
-- Marks come in the order of time: a range of pages is found by few bytes, and a mark writes no entry.
CREATE INDEX submission_month ON submission USING brin (COALESCE(law_at, marked_at)) WITH (pages_per_range='16', autosummarize='on');
SELECT protect('submission', 'SELECT, INSERT, UPDATE, DELETE');
GRANT SELECT (id, batch_id, decision_id, marked_at, body_digest) ON submission TO bonheure_lookup;
CREATE POLICY lookup ON submission FOR SELECT TO bonheure_lookup USING (true);

CREATE TABLE acceptance (
  account_id uuid,
  gateway_id text,
  recipient bytea DEFAULT '\x',
  tenant_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  seq int NOT NULL,
  submission_id uuid NOT NULL,
  first_byte_at timestamptz,
  answered_at timestamptz NOT NULL,
  -- A message that leaves in several parts has an id each: every one of them is told of by a receipt of its own.
  part smallint NOT NULL DEFAULT 1,
  parts smallint NOT NULL DEFAULT 1,
  told text CHECK (told IN ('delivered', 'undelivered')),
  PRIMARY KEY (account_id, gateway_id, recipient),
  CHECK (part >= 1 AND part <= parts)
);
-- Every number of a stretch is found by its index, whatever became of the row.
CREATE INDEX acceptance_stretch ON acceptance (tenant_id, recipient) WHERE recipient <> '\x';
-- What was accepted of a call is asked for by each message that is shown and by each call that a report judges.
CREATE INDEX acceptance_submission ON acceptance (submission_id);
CREATE INDEX acceptance_parts ON acceptance (batch_id, seq) WHERE parts > 1;
SELECT protect('acceptance', 'SELECT, INSERT');
GRANT SELECT (account_id, gateway_id, recipient, tenant_id, batch_id, seq, parts) ON acceptance TO bonheure_lookup;
GRANT UPDATE (gateway_id, recipient, told) ON acceptance TO bonheure_app;
CREATE POLICY lookup ON acceptance FOR SELECT TO bonheure_lookup USING (true);

CREATE TABLE tally (
  tenant_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  state message_state NOT NULL,
  reason text,
  delta int NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX tally_batch ON tally (batch_id);
-- Folding looks for the latest few: rows of what is over stay for ever.
CREATE INDEX tally_noted ON tally USING brin (noted_at) WITH (pages_per_range='16', autosummarize='on');
SELECT protect('tally', 'SELECT, INSERT, DELETE');
GRANT SELECT (tenant_id, batch_id, state, reason, delta, noted_at) ON tally TO bonheure_lookup;
CREATE POLICY lookup ON tally FOR SELECT TO bonheure_lookup USING (true);

CREATE TABLE refund (
  tenant_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  account_id uuid NOT NULL,
  territory text NOT NULL,
  currency text NOT NULL,
  parts int NOT NULL CHECK (parts > 0),
  amount numeric NOT NULL CHECK (amount > 0),
  refunded_at timestamptz NOT NULL
);
CREATE INDEX refund_batch ON refund (batch_id);
CREATE INDEX refund_month ON refund (tenant_id, refunded_at);
SELECT protect('refund', 'SELECT, INSERT');

CREATE TABLE frequency (
  tenant_id uuid,
  contact_id uuid,
  on_day date,
  count int NOT NULL CHECK (count >= 0),
  PRIMARY KEY (tenant_id, contact_id, on_day)
);
SELECT protect('frequency', 'SELECT, INSERT, UPDATE, DELETE');

-- Whoever writes START after leaving is told once how to come back.
CREATE TABLE acknowledgement (
  batch_id uuid,
  seq int,
  tenant_id uuid NOT NULL,
  inbound_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('stop', 'contact', 'confirmation', 'start')),
  phone_index bytea NOT NULL,
  on_day date NOT NULL,
  sealed bytea NOT NULL,
  -- A code is an answer to a person too; several may be owed to one number in a day.
  leave_before timestamptz,
  PRIMARY KEY (batch_id, seq),
  UNIQUE (tenant_id, inbound_id),
  CHECK ((kind = 'confirmation') = (leave_before IS NOT NULL))
);
CREATE UNIQUE INDEX acknowledgement_once_a_day ON acknowledgement (tenant_id, phone_index, batch_id, on_day, kind)
  WHERE kind <> 'confirmation';
CREATE INDEX acknowledgement_stretch ON acknowledgement (tenant_id, phone_index);
SELECT protect('acknowledgement', 'SELECT, INSERT, DELETE');
GRANT UPDATE (phone_index, sealed) ON acknowledgement TO bonheure_app;

CREATE TABLE reply (
  inbound_id uuid,
  tenant_id uuid,
  contact_id uuid,
  account_id uuid NOT NULL,
  reading text NOT NULL,
  unclear boolean NOT NULL,
  batch_id uuid,
  seq int,
  sealed bytea NOT NULL,
  received_at timestamptz NOT NULL,
  decided_at timestamptz,
  decision text,
  -- Why a reply was read so: words of our lists, never the person's.
  because jsonb NOT NULL DEFAULT '{}',
  -- A decision on a reply may be taken back: the instants of what it recorded are kept, for the next decision to
  -- end.
  taken_back timestamptz[] NOT NULL DEFAULT '{}'::timestamptz[],
  PRIMARY KEY (tenant_id, inbound_id),
  CHECK ((decided_at IS NULL) = (decision IS NULL))
);
CREATE INDEX reply_contact ON reply (tenant_id, contact_id);
CREATE INDEX reply_decided ON reply (tenant_id, decided_at, inbound_id) WHERE decided_at IS NOT NULL;
SELECT protect('reply', 'SELECT, INSERT, UPDATE, DELETE');

-- Parts of replies that are longer than one message, sealed, until they are heard as one.
CREATE TABLE reply_part (
  id uuid PRIMARY KEY,
  reply_id uuid NOT NULL,
  account_id uuid NOT NULL,
  message bytea NOT NULL,
  place smallint NOT NULL CHECK (place > 0),
  places smallint NOT NULL,
  digest bytea NOT NULL,
  sealed bytea NOT NULL,
  received_at timestamptz NOT NULL,
  told_at timestamptz,
  UNIQUE (reply_id, place),
  CHECK (places >= place)
);
CREATE INDEX reply_part_account_id_message_idx ON reply_part (account_id, message);
CREATE INDEX reply_part_received_at_idx ON reply_part (received_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON reply_part TO bonheure_app;

-- What waits to be told to Temporal and to the tenants' own systems.
CREATE TABLE intent (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  class smallint NOT NULL CHECK (class BETWEEN 0 AND 3),
  verb text NOT NULL CHECK (verb IN ('start', 'signal', 'signal-with-start')),
  workflow text NOT NULL
    CHECK (workflow IN ('campaign', 'campaignShard', 'reminderSeries', 'acknowledgements', 'importContacts', 'erasure', 'housekeeping')),
  workflow_id text NOT NULL CHECK (length(workflow_id) <= 200),
  signal text,
  input jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  not_before timestamptz NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  -- A trace crosses the outbox: the request that wrote an intent is the parent of what comes of it.
  trace text CHECK (trace ~ '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'),
  CHECK ((verb = 'start') = (signal IS NULL))
);
CREATE INDEX intent_due ON intent (class, not_before);
SELECT protect('intent', 'SELECT, INSERT, UPDATE, DELETE');
GRANT SELECT (id, tenant_id, class, created_at, not_before) ON intent TO bonheure_lookup;
CREATE POLICY lookup ON intent FOR SELECT TO bonheure_lookup USING (true);
