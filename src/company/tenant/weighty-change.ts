import { USUAL_GOOD_FRIDAY, USUAL_IF_LATE } from '../../law/index.ts';
import type { Day } from '../../rule/index.ts';
import type { Tenant } from './tenant.ts';

/** Fields that decide when, by which sender and in which words messages are sent: a change needs a reason, except a first sender. */
const REASONED = ['profile', 'territory', 'timeZone', 'goodFriday', 'sender', 'texts', 'bases'] as const;

/** Fields that move or end planned messages, and are a matter of taste: changed without a reason. */
const PLAIN = ['ifLate', 'confirmationSkips', 'onDecline'] as const;

export type WeightyField = (typeof REASONED)[number] | (typeof PLAIN)[number];

/** Every field whose change is previewed, and audited with both values. */
export const WEIGHTY: readonly WeightyField[] = [...REASONED, ...PLAIN];

/** A changed field with both values, null where there is none; of choices by purpose, the purposes that change. */
export interface WeightyChange<Field extends string = WeightyField> {
  readonly field: Field;
  readonly before: unknown;
  readonly after: unknown;
  readonly needsReason: boolean;
}

/** Values by field; null or absent where there is none. */
type Values<Field extends string> = Readonly<Partial<Record<Field, unknown>>>;

/** Returns the changes of these fields of a tenant, a brand or a practice; unchanged values are left out. */
export function changesOf<Field extends WeightyField>(
  fields: readonly Field[],
  was: Values<Field>,
  is: Values<Field>,
): readonly WeightyChange<Field>[] {
  return fields.flatMap((field) => {
    const [before, after] = apart(was[field] ?? null, is[field] ?? null);
    const isFirst = field === 'sender' && before === null;
    const needsReason = !isFirst && REASONED.some((name) => name === field);
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ field, before, after, needsReason }];
  });
}

/** Returns the audit's record of such changes: the reason where one was given, and both values. */
export function auditOf(
  changes: readonly WeightyChange<string>[],
  reason: string | undefined,
): Readonly<Record<string, unknown>> {
  if (changes.length === 0) return {};
  const values = (which: 'before' | 'after'): Readonly<Record<string, unknown>> =>
    Object.fromEntries(changes.map((one) => [one.field, one[which]]));
  return { ...(reason === undefined ? {} : { reason }), before: values('before'), after: values('after') };
}

/** Returns the changes of the fields that need a reason; unchanged values are left out. */
export const weightyChanges = (before: Tenant, after: Tenant, on: Day): readonly WeightyChange[] =>
  changesOf(WEIGHTY, valuesOf(before, on), valuesOf(after, on));

/** Returns each field's value, by default the usual one of a day. */
const valuesOf = ({ settings, ...tenant }: Tenant, on: Day): Readonly<Record<WeightyField, unknown>> => ({
  profile: tenant.profile,
  territory: tenant.territory,
  timeZone: tenant.timeZone,
  sender: tenant.sender,
  goodFriday: settings.goodFriday ?? USUAL_GOOD_FRIDAY.on(on),
  texts: settings.texts ?? {},
  bases: settings.bases ?? {},
  ifLate: settings.ifLate ?? USUAL_IF_LATE.on(on),
  confirmationSkips: settings.confirmationSkips ?? false,
  onDecline: settings.onDecline ?? 'nothing',
});

/** Returns the differing purposes of two choices by purpose, null where nothing is chosen; any other value unchanged. */
function apart(one: unknown, other: unknown): readonly [unknown, unknown] {
  if (!isByPurpose(one) || !isByPurpose(other)) return [one, other];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((name) => one[name] !== other[name])
    .toSorted();
  const picked = (from: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
    Object.fromEntries(names.map((name) => [name, from[name] ?? null]));
  return [picked(one), picked(other)];
}

const isByPurpose = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
