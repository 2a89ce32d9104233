import { counting, placeOf, zoneOf } from './place.ts';
import { inWords } from './reason.ts';
import { spoken, type Stage, type Told } from './stage.ts';

interface Listed {
  readonly state: string;
  readonly reason: string | null;
  readonly territory: string;
  readonly acceptedAt: string | null;
}

/** Whom the sale reached, by place and day, each at the hour that it was there. */
export async function delivered(stage: Stage, id: string): Promise<Told[]> {
  const sent = (await messagesOf(stage, id)).filter(({ acceptedAt }) => acceptedAt !== null);
  const groups = Map.groupBy(
    sent,
    ({ territory, acceptedAt }) => `${placeOf(territory)} ${acceptedAt?.slice(0, 10)}`,
  );
  return [...groups.values()].map((group) => lineOf(group));
}

function lineOf(group: readonly Listed[]): Told {
  const zone = zoneOf(group[0]?.territory ?? '');
  const moments = group.flatMap(({ acceptedAt }) => acceptedAt ?? []).sort();
  const [first, last] = [moments[0] ?? '', moments.at(-1) ?? ''].map((at) => spoken(at, zone));
  return {
    who: `${counting(group.length, 'person', 'people')}, ${placeOf(group[0]?.territory ?? '')}`,
    received: 'the offer',
    when: first === last ? `${first}` : `${first} to ${last?.slice(-5)}`,
    why: 'agreed, with a proof; at their lawful hour',
  };
}

/** Whom the sale did not reach, and why. */
export async function unsent(stage: Stage, id: string): Promise<Told[]> {
  const without = (await messagesOf(stage, id)).filter(({ acceptedAt }) => acceptedAt === null);
  const groups = Map.groupBy(without, ({ reason, state }) => reason ?? state);
  return [...groups].map(([reason, group]) => nothing(counting(group.length, 'person', 'people'), reason));
}

/** Somebody who received nothing. */
export const nothing = (who: string, code: string): Told => ({
  who,
  received: '-',
  when: '-',
  why: inWords(code),
});

async function messagesOf({ system }: Stage, id: string): Promise<Listed[]> {
  const all: Listed[] = [];
  let after = '';
  do {
    const page = await system.ask<{ items: Listed[]; next: string | null }>(
      'GET',
      `/v1/campaigns/${id}/messages?limit=500${after}`,
    );
    all.push(...page.items);
    after = page.next === null ? '' : `&after=${encodeURIComponent(page.next)}`;
  } while (after !== '');
  return all;
}
