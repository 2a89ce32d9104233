import { sql } from 'kysely';
import type { DateTime } from 'luxon';
import { z } from 'zod';
import { campaignsForeseen, type CampaignsForeseen } from '../campaigns/profile-change.ts';
import type { Transaction } from '../database/connection.ts';
import { openedDays } from '../law/opened-days.ts';
import type { Language } from '../law/rule.ts';
import { localityOf, withGoodFriday } from '../law/territory.ts';
import type { ToldDay as Told } from '../law/told-day.ts';
import { remindersForeseen, textsForeseen, type RemindersForeseen } from '../reminders/choice-change.ts';
import { WEIGHTY } from '../tenants/weighty-change.ts';
import type { Api } from './api.ts';
import { ToldDay } from './law-schema.ts';
import { route, type Route } from './route.ts';
import { choicesChanged, fieldsWithReason, judgeChange, type JudgedChange } from './tenant-change.ts';
import { TenantChangeAsked } from './tenant-schema.ts';

const Moment = z.string().nullable();

const Range = z.object({ first: Moment, last: Moment });

const Example = z.object({
  kind: z.enum(['campaign', 'reminder']),
  id: z.string().meta({ description: 'The campaign, or the series of reminders.' }),
  name: z.string().meta({ description: 'The name of the campaign, or which reminder of the series.' }),
  territory: z.string(),
  timeZone: z.string(),
  messages: z.int(),
  from: Moment.meta({ description: 'When it leaves as things stand; null: not at all.' }),
  to: Moment.meta({ description: 'When it would leave; null: not at all.' }),
});

/** What a change of the company would do. */
export const PreviewShown = z
  .object({
    at: z.string(),
    changes: z.array(z.object({ field: z.enum(WEIGHTY), before: z.unknown(), after: z.unknown() })),
    reasonFor: z
      .array(z.string())
      .meta({ description: 'The fields for which the change itself asks a `reason`.' }),
    moved: z.int().meta({ description: 'Messages that would leave at another moment.' }),
    ended: z.int().meta({ description: 'Messages that would not leave any more.' }),
    added: z.int().meta({ description: 'Messages that would leave, and do not as things stand.' }),
    reworded: z.int().meta({ description: 'Planned reminders that would say another text.' }),
    from: Range.meta({ description: 'Between which moments the moved leave as things stand.' }),
    to: Range.meta({ description: 'Between which moments they would leave.' }),
    examples: z.array(Example).max(10),
    uncounted: z.int().meta({
      description:
        'Campaigns that would keep the new hours too and whose people are not counted: drafts, those that have not begun, those that somebody holds.',
    }),
    looked: z
      .object({
        campaigns: z.object({ looked: z.int(), of: z.int() }),
        series: z.object({ looked: z.int(), of: z.int() }),
      })
      .meta({ description: 'How many were looked at, and of how many: the figures are theirs alone.' }),
    isWhole: z.boolean().meta({ description: 'Whether everything was looked at.' }),
    opened: z.array(ToldDay).meta({
      description: 'Days of the next sixty that would be open to advertising, and that the default closes.',
    }),
  })
  .meta({ id: 'TenantPreview' });

const MOST_EXAMPLES = 10;
const DAYS_SHOWN = 60;

/** What a change would move, before it is made. */
export const previewRoute = (api: Api): Route =>
  route({
    method: 'post',
    path: '/v1/tenant/preview',
    roles: ['admin'],
    summary: 'Says what a change would move, from when to when; nothing is changed.',
    tag: 'Tenant',
    body: TenantChangeAsked,
    reply: PreviewShown,
    reads: true,
    run: async ({ tx, body, language }) => {
      await tx.run(sql`SET TRANSACTION READ ONLY`);
      const judged = await judgeChange(tx, { ...api, body }, 'read');
      const seen = await foreseen(tx, { api, judged, language });
      return { ...seen, reasonFor: fieldsWithReason(body, judged) };
    },
  });

interface Asked {
  readonly api: Api;
  readonly judged: JudgedChange;
  readonly language: Language;
}

async function foreseen(
  tx: Transaction,
  { api: { clock, vault }, judged, language }: Asked,
): Promise<Omit<z.input<typeof PreviewShown>, 'reasonFor'>> {
  const now = clock.now();
  const { weighty, after } = judged;
  const fields = new Set<string>(weighty.map(({ field }) => field));
  const campaigns = await campaignsForeseen(
    tx,
    { now, language },
    {
      ...(fields.has('profile') ? { profile: after.profile } : {}),
      ...(fields.has('goodFriday') ? { goodFriday: after.settings.goodFriday } : {}),
    },
  );
  const reminders = await remindersForeseen(tx, { now, change: choicesChanged(judged) });
  const texts = await textsForeseen(tx, await vault.tenant(tx), textsOf(judged));
  const looked = lookedAt({ campaigns, reminders, texts });
  return {
    at: now.toISO(),
    changes: weighty.map(({ field, before, after: then }) => ({ field, before, after: then })),
    ...figures(movesOf(campaigns, reminders)),
    reworded: texts.reminders,
    uncounted: campaigns.uncounted,
    looked,
    isWhole: Object.values(looked).every((part) => part.looked === part.of),
    opened: opened(judged, now, language).map(printed),
  };
}

const REMINDED = ['appointment', 'renewal', 'payment'] as const;

/** The purposes of reminders whose text changes. */
const textsOf = ({ before, after }: JudgedChange): (typeof REMINDED)[number][] =>
  REMINDED.filter((purpose) => before.settings.texts?.[purpose] !== after.settings.texts?.[purpose]);

function lookedAt({
  campaigns,
  reminders,
  texts,
}: {
  readonly campaigns: CampaignsForeseen;
  readonly reminders: RemindersForeseen;
  readonly texts: { readonly looked: number; readonly concerned: number };
}): z.input<typeof PreviewShown>['looked'] {
  return {
    campaigns: { looked: campaigns.looked, of: campaigns.open },
    series: {
      looked: reminders.looked + texts.looked,
      of: reminders.concerned + texts.concerned,
    },
  };
}

type Move = z.output<typeof Example>;

/** What would move, the largest part first, then the soonest. */
function movesOf({ parts }: CampaignsForeseen, { reminders }: RemindersForeseen): readonly Move[] {
  const ofCampaigns = parts.map(({ campaignId: id, ...part }) => ({
    kind: 'campaign' as const,
    id,
    ...part,
  }));
  const ofReminders = reminders.map(({ seriesId: id, step: name, ...rest }) => ({
    kind: 'reminder' as const,
    id,
    name,
    messages: 1,
    ...rest,
  }));
  return [...ofCampaigns, ...ofReminders].toSorted(
    (one, other) => other.messages - one.messages || soonest(one) - soonest(other),
  );
}

const soonest = ({ from, to }: Move): number => Date.parse(from ?? to ?? '');

function figures(
  moves: readonly Move[],
): Pick<z.input<typeof PreviewShown>, 'moved' | 'ended' | 'added' | 'from' | 'to' | 'examples'> {
  const moved = moves.filter(({ from, to }) => from !== null && to !== null);
  return {
    moved: messagesOf(moved),
    ended: messagesOf(moves.filter(({ to }) => to === null)),
    added: messagesOf(moves.filter(({ from }) => from === null)),
    from: rangeOf(moved.map(({ from }) => from)),
    to: rangeOf(moved.map(({ to }) => to)),
    examples: moves.slice(0, MOST_EXAMPLES),
  };
}

const messagesOf = (moves: readonly Move[]): number => moves.reduce((sum, { messages }) => sum + messages, 0);

function rangeOf(moments: readonly (string | null)[]): z.input<typeof Range> {
  const sorted = moments
    .filter((at) => at !== null)
    .toSorted((one, other) => Date.parse(one) - Date.parse(other));
  return { first: sorted[0] ?? null, last: sorted.at(-1) ?? null };
}

/** Days that only the tenant's own choices open to advertising, where it is. */
function opened({ after, weighty }: JudgedChange, now: DateTime<true>, language: Language): readonly Told[] {
  if (!weighty.some(({ field }) => field === 'profile' || field === 'goodFriday')) return [];
  const { profile, territory, timeZone, settings } = after;
  const locality = withGoodFriday(localityOf(territory, timeZone), settings.goodFriday);
  const to = now.plus({ days: DAYS_SHOWN });
  return openedDays({ purpose: 'marketing', profile, locality, from: now, to, language });
}

const printed = ({ on, because }: Told): z.input<typeof ToldDay> => ({ on, because: [...because] });
