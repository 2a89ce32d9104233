import { sql, type RawBuilder } from 'kysely';

/** The time that is asked about; ISO instants, both inclusive. */
interface Between {
  readonly since: string | null;
  readonly to: string | null;
  /** Whether who was told of that time counts, though the event moved since. */
  readonly orTold: boolean;
}

/** A payment plan happens on each of its dates, anything else at its event. */
export const happens = ({ since, to, orTold }: Between): RawBuilder<unknown> => {
  const between = (at: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`${at} BETWEEN coalesce(${since}::timestamptz, '-infinity') AND coalesce(${to}::timestamptz, 'infinity')`;
  const due = sql`((i ->> 'dueOn')::date + time '12:00') AT TIME ZONE s.event_zone`;
  const told = sql`s.told_revision < s.revision AND EXISTS (SELECT FROM reminder_step p
    WHERE p.series_id = s.id AND p.revision = s.told_revision AND ${between(sql`p.event_at`)})`;
  return sql`CASE WHEN s.kind = 'payment-plan'
    THEN EXISTS (SELECT FROM jsonb_array_elements(s.terms -> 'instalments') i WHERE ${between(due)})
    ELSE ${between(sql`s.event_at`)} OR ${orTold ? told : sql`false`} END`;
};
