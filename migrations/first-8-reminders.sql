-- Series of reminders and campaigns.

-- Reminder series and their steps.
CREATE TABLE reminder_series (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('appointment', 'subscription', 'payment-plan')),
  purpose text NOT NULL CHECK (purpose IN ('appointment', 'renewal', 'payment')),
  source text NOT NULL,
  external_index bytea NOT NULL,
  contact_id uuid NOT NULL,
  practice_id uuid,
  practice_index bytea,
  account_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  sender text NOT NULL,
  sealed bytea NOT NULL,
  person_index bytea,
  territory text NOT NULL,
  time_zone text NOT NULL,
  event_at timestamptz NOT NULL,
  event_wall text NOT NULL,
  event_zone text NOT NULL,
  plan jsonb NOT NULL,
  facts bytea NOT NULL,
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  revised_at timestamptz NOT NULL,
  source_revision bigint,
  told_at timestamptz,
  told_revision int,
  correction_seq int,
  notify_change boolean NOT NULL DEFAULT true,
  state text NOT NULL CHECK (state IN ('open', 'paused', 'completed', 'stopped', 'cancelled', 'superseded')),
  ended_because text,
  next_action_at timestamptz,
  woken_at timestamptz,
  waiting jsonb,
  simulated boolean NOT NULL DEFAULT false,
  confirmed_at timestamptz,
  no_show_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  ended_at timestamptz,
  -- What subscriptions and payment plans count from, what was paid, and the legal notice that a renewal needs.
  terms jsonb NOT NULL DEFAULT '{"kind": "appointment"}',
  paid jsonb NOT NULL DEFAULT '[]',
  legal_notice boolean NOT NULL DEFAULT false,
  notice_missing_at timestamptz,
  cancellation_requested_at timestamptz,
  declined_at timestamptz,
  answered_at timestamptz,
  answer_reply_id uuid,
  unclear_at timestamptz,
  unclear_reply_id uuid,
  CHECK ((state IN ('open', 'paused')) = (ended_at IS NULL)),
  CONSTRAINT reminder_series_terms CHECK ((terms ->> 'kind') = kind)
);
CREATE UNIQUE INDEX reminder_series_external ON reminder_series (tenant_id, kind, source, external_index)
  WHERE state <> 'superseded';
CREATE INDEX reminder_series_contact ON reminder_series (tenant_id, contact_id);
CREATE INDEX reminder_series_event ON reminder_series (tenant_id, kind, event_at);
CREATE INDEX reminder_series_due ON reminder_series (next_action_at) WHERE next_action_at IS NOT NULL;
CREATE INDEX reminder_series_stretch ON reminder_series (tenant_id, external_index);
CREATE INDEX reminder_series_practice ON reminder_series (practice_id) WHERE practice_id IS NOT NULL;
SELECT protect('reminder_series');
GRANT SELECT (xmin, id, tenant_id, state, next_action_at, woken_at) ON reminder_series TO bonheure_lookup;
CREATE POLICY lookup ON reminder_series FOR SELECT TO bonheure_lookup USING (true);

CREATE TABLE reminder_step (
  series_id uuid,
  revision int,
  "position" int CHECK ("position" >= 0 AND "position" <= 999),
  tenant_id uuid NOT NULL,
  step text NOT NULL,
  facts bytea NOT NULL,
  event_at timestamptz NOT NULL,
  wanted_at timestamptz NOT NULL,
  planned_at timestamptz,
  state text NOT NULL CHECK (state IN ('planned', 'skipped', 'cancelled', 'sent', 'failed', 'expired', 'uncertain')),
  code text,
  because jsonb,
  since timestamptz NOT NULL,
  PRIMARY KEY (series_id, revision, "position"),
  CHECK (state <> 'planned' OR planned_at IS NOT NULL),
  CHECK (state <> 'skipped' OR code IS NOT NULL)
);
SELECT protect('reminder_step');

-- A booking whose cancellation arrived before the booking itself is still not made.
CREATE TABLE cancelled_booking (
  tenant_id uuid,
  kind text,
  source text,
  external_index bytea,
  source_revision bigint,
  cancelled_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, kind, source, external_index)
);
-- A stretch of an index that moves to another key finds its rows by this.
CREATE INDEX cancelled_booking_stretch ON cancelled_booking (tenant_id, external_index);
CREATE INDEX cancelled_booking_age ON cancelled_booking (tenant_id, cancelled_at);
SELECT protect('cancelled_booking', 'SELECT, INSERT, UPDATE, DELETE');

-- What the author of a campaign did not choose is the number of the law on the day on which it leaves.
CREATE TABLE campaign (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  brand_id uuid,
  account_id uuid NOT NULL,
  name text NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('marketing', 'appointment', 'renewal', 'payment')),
  profile text NOT NULL,
  status text NOT NULL
    CHECK (status IN ('draft', 'scheduled', 'running', 'paused', 'parked', 'cancelled', 'finished')),
  sender text NOT NULL,
  sealed bytea NOT NULL,
  audience jsonb NOT NULL,
  start_at timestamptz,
  expire_at timestamptz,
  margin_ms int CHECK (margin_ms >= 0),
  rate_per_second int CHECK (rate_per_second > 0),
  max_parts int CHECK (max_parts BETWEEN 1 AND 10),
  budget numeric CHECK (budget > 0),
  price numeric CHECK (price >= 0),
  currency text NOT NULL DEFAULT 'EUR',
  revision int NOT NULL DEFAULT 1,
  parked_because text,
  frozen_at timestamptz,
  next_action_at timestamptz,
  woken_at timestamptz,
  waiting jsonb,
  source text NOT NULL,
  simulated boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  launched_at timestamptz,
  ended_at timestamptz,
  local_time text CHECK (local_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  spread_days int CHECK (spread_days BETWEEN 2 AND 60),
  scheduled_under int,
  route jsonb,
  forecast_late boolean NOT NULL DEFAULT false,
  -- What a rehearsal is compared with: the revision that was launched, and what left of it, counted once.
  launched_revision int,
  parked_code text,
  -- A campaign says who wrote it; those that exist take it from the audit, and a time of one that comes again from
  -- that one.
  author text,
  CHECK ((status = 'parked') = (parked_because IS NOT NULL)),
  CHECK ((status IN ('cancelled', 'finished')) = (ended_at IS NOT NULL)),
  CHECK ((status IN ('draft', 'cancelled')) OR launched_at IS NOT NULL),
  CHECK (budget IS NULL OR price IS NOT NULL)
);
CREATE INDEX campaign_order ON campaign (tenant_id, id);
CREATE INDEX campaign_open ON campaign (next_action_at) WHERE status IN ('scheduled', 'running', 'paused', 'parked');
CREATE INDEX campaign_draft ON campaign (tenant_id, id DESC) WHERE status = 'draft';
SELECT protect('campaign');
GRANT SELECT (
  xmin, id, tenant_id, status, parked_because, next_action_at, woken_at, forecast_late
) ON campaign TO bonheure_lookup;
CREATE POLICY lookup ON campaign FOR SELECT TO bonheure_lookup USING (true);

-- Who said that a campaign may be launched, as it stood then.
CREATE TABLE approval (
  campaign_id uuid,
  revision int,
  actor text,
  tenant_id uuid NOT NULL,
  approved_at timestamptz NOT NULL,
  PRIMARY KEY (campaign_id, revision, actor)
);
SELECT protect('approval', 'SELECT, INSERT');

-- What campaigns would have done when somebody asked.
CREATE TABLE rehearsal (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  revision int NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  asked_at timestamptz NOT NULL,
  ended_at timestamptz,
  report jsonb,
  sha256 text,
  -- How far a rehearsal is that still runs: of how many people texts were made, and of how many they are to be.
  weighed int,
  people int,
  messages_left int,
  parts_left int,
  CHECK ((state = 'running') = (ended_at IS NULL)),
  CHECK ((state = 'done') = (report IS NOT NULL AND sha256 IS NOT NULL))
);
CREATE INDEX rehearsal_campaign ON rehearsal (tenant_id, campaign_id, id);
CREATE UNIQUE INDEX rehearsal_running ON rehearsal (campaign_id) WHERE state = 'running';
SELECT protect('rehearsal', 'SELECT, INSERT, UPDATE, DELETE');

-- A campaign that comes again and again, and what became of each time.
CREATE TABLE recurrence (
  campaign_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  every text NOT NULL CHECK (every ~ '^P[1-9][0-9]?[DWM]$'),
  first_on date NOT NULL,
  at_hour text NOT NULL CHECK (at_hour ~ '^[0-2][0-9]:[0-5][0-9]$'),
  time_zone text NOT NULL,
  until_on date,
  expires_after text,
  launched_by text,
  acknowledged text[] NOT NULL DEFAULT '{}',
  looked_under int
);
SELECT protect('recurrence');

CREATE TABLE occurrence (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  recurrence_id uuid NOT NULL,
  occurs_at timestamptz NOT NULL,
  campaign_id uuid UNIQUE,
  because text,
  noted_at timestamptz NOT NULL,
  UNIQUE (recurrence_id, occurs_at),
  CHECK (campaign_id IS NOT NULL OR because IS NOT NULL)
);
SELECT protect('occurrence', 'SELECT, INSERT');
