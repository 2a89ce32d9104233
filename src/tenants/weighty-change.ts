import { USUAL_GOOD_FRIDAY } from '../law/chapters/recipient.ts';
import { USUAL_IF_LATE } from '../law/chapters/windows.ts';
import type { Tenant } from './tenant.ts';

/** Fields that decide when, as whom and in which words messages leave: changed for a reason, but for a first sender. */
const REASONED = ['profile', 'territory', 'timeZone', 'goodFriday', 'sender', 'texts', 'bases'] as const;

/** Fields that move or end what is planned, and are a matter of taste: changed without one. */
const PLAIN = ['ifLate', 'confirmationSkips', 'onDecline'] as const;

/** One of them. */
export type WeightyField = (typeof REASONED)[number] | (typeof PLAIN)[number];

/** Every field whose change is shown before, and audited with both values. */
export const WEIGHTY: readonly WeightyField[] = [...REASONED, ...PLAIN];

/** A field that changes, with both values; of choices by purpose, the purposes that change. */
export interface WeightyChange {
  readonly field: WeightyField;
  readonly before: unknown;
  readonly after: unknown;
  readonly needsReason: boolean;
}

/** What would change of the fields that weigh; nothing for a value that stands already. */
export function weightyChanges(before: Tenant, after: Tenant): readonly WeightyChange[] {
  const [was, is] = [valuesOf(before), valuesOf(after)];
  return WEIGHTY.flatMap((field) => {
    const [one, other] = apart(was[field], is[field]);
    const isFirst = field === 'sender' && one === null;
    const needsReason = !isFirst && REASONED.some((name) => name === field);
    return JSON.stringify(one) === JSON.stringify(other)
      ? []
      : [{ field, before: one, after: other, needsReason }];
  });
}

/** Each field as it stands, what was not chosen as it is usual. */
const valuesOf = ({ settings, ...tenant }: Tenant): Readonly<Record<WeightyField, unknown>> => ({
  profile: tenant.profile,
  territory: tenant.territory,
  timeZone: tenant.timeZone,
  sender: tenant.sender,
  goodFriday: settings.goodFriday ?? USUAL_GOOD_FRIDAY,
  texts: settings.texts ?? {},
  bases: settings.bases ?? {},
  ifLate: settings.ifLate ?? USUAL_IF_LATE,
  confirmationSkips: settings.confirmationSkips ?? false,
  onDecline: settings.onDecline ?? 'nothing',
});

/** Of two choices by purpose the purposes that differ, null where nothing is chosen; anything else as it is. */
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
