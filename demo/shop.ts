import { readFile } from 'node:fs/promises';
import type { DateTime } from 'luxon';
import { reopening, saleEvening } from './days.ts';
import { counting, placeOf, zoneOf } from './place.ts';
import { delivered, nothing, unsent } from './shop-table.ts';
import type { Body } from './system.ts';
import { breathe, jumpTo, lawNow, spoken, until, type Stage, type Told } from './stage.ts';

const BASE = new URL('../samples/shop-contacts.csv', import.meta.url);
const TEXT = 'Maison Lumière : -30 % ce week-end et lundi en boutique, code FLASH. {stop}';
const OFFER = 'Maison Lumière : -30 %';
/** Rows of the list of the evening, and its rate: some leave before eight, some must wait. */
const EVENING = { rows: 450, rate: 25, first: 50 };
const IN_A_HURRY = { rows: 150, rate: 6, first: 12 };

interface Accounts {
  readonly audience: number;
  readonly pending: number;
  readonly accepted: number;
}

interface Waiting {
  readonly territory: string;
  readonly count: number;
  readonly until: string | null;
}

interface Campaign {
  readonly id: string;
  readonly status: string;
  readonly accounts: Accounts;
  readonly waitingFor: {
    /** None where it is not the law that makes them wait. */
    readonly ruleId: string | null;
    readonly text: string;
    readonly byTerritory: readonly Waiting[];
  } | null;
}

interface Message {
  readonly text: string;
  readonly from: string;
  readonly acceptedAt: string;
}

/** A flash sale on a Saturday evening: held at eight, sent when sending opens again, stopped by one person. */
export async function shop(stage: Stage): Promise<readonly Told[]> {
  const { rows } = stage.fast ? IN_A_HURRY : EVENING;
  stage.say(
    'THE SHOP. Maison Lumière imports its base: eleven ways to write a number, proofs that are missing, people who left.',
  );
  const { importId, report } = await importBase(stage, rows);
  const evening = await saleEvening(stage, await lawNow(stage));
  const id = await launchSale(stage, importId, evening);
  await heldAtEight(stage, id, evening);
  const opensAt = await goesOn(stage, id, evening);
  const stopped = await somebodySaysStop(stage, opensAt);
  await lastOverseas(stage, id, opensAt);
  return [...(await delivered(stage, id)), stopped, ...(await unsent(stage, id)), ...rejected(report)];
}

async function importBase(stage: Stage, rows: number): Promise<{ importId: string; report: Body }> {
  const csv = await readFile(BASE, 'utf8');
  if (!stage.fast) {
    const { report } = await importRows(stage, csv);
    stage.say(`${counted(report)} Every refused row is given back with its line, a code and a sentence.`);
  }
  const part = csv
    .split('\r\n')
    .slice(0, rows + 1)
    .join('\r\n');
  const list = await importRows(stage, `${part}\r\n`);
  stage.say(`The list of the evening: ${counted(list.report)} What was known already is not written twice.`);
  return list;
}

const counted = ({ rows, accepted, rejected: refused, duplicates }: Body): string =>
  `${String(rows)} rows = ${String(accepted)} accepted + ${String(refused)} refused + ${String(duplicates)} repeated.`;

async function importRows(stage: Stage, csv: string): Promise<{ importId: string; report: Body }> {
  const asking = { body: csv, headers: { 'content-type': 'text/csv' } };
  const { id } = await stage.system.ask<{ id: string }>('POST', '/v1/imports?kind=contacts', asking);
  const report = await until(stage, 'for an import', {
    ask: async () => {
      const read = await stage.system.ask('GET', `/v1/imports/${id}`);
      stage.progress(`${Number(read['rows'] ?? 0)} rows read`);
      return read;
    },
    wanted: ({ state }) => state === 'finished' || state === 'failed',
  });
  return { importId: id, report };
}

async function launchSale(stage: Stage, importId: string, evening: DateTime): Promise<string> {
  const { rate, first } = stage.fast ? IN_A_HURRY : EVENING;
  stage.say(
    `It is now ${spoken(evening)}, by the sandbox clock: two minutes before sending closes. The sale is rehearsed, then launched.`,
  );
  stage.look('the phones, and the calendar under each', `${stage.system.url}/sandbox?lang=en`);
  await jumpTo(stage, evening);
  const { id } = await stage.system.ask<{ id: string }>('POST', '/v1/campaigns', {
    body: {
      name: `demo ${stage.run}`,
      purpose: 'marketing',
      sender: 'LUMIERE',
      text: TEXT,
      audience: { importId },
      ratePerSecond: rate,
    },
  });
  await rehearse(stage, id);
  const body = { acknowledge: ['STALE_WHEN_HELD'] };
  await stage.system.ask('POST', `/v1/campaigns/${id}/launch`, { body });
  const { accounts } = await campaignUntil(stage, id, ({ accounts: held }) => held.accepted >= first);
  stage.say(`${accounts.accepted} of ${accounts.audience} have left, at ${rate} a second.`);
  return id;
}

interface Rehearsal {
  readonly audience: number;
  readonly leavesNow: number;
  readonly held: number;
  readonly parts: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly finishesInWindow: boolean;
  readonly rateForWindow: number | null;
  readonly lastDeparture: string | null;
}

/** What the launch would do, before it does it. */
async function rehearse(stage: Stage, id: string): Promise<void> {
  const foreseen = await stage.system.ask<Rehearsal>('POST', `/v1/campaigns/${id}/rehearsal`, { body: {} });
  const excluded = Object.values(foreseen.excluded).reduce((sum, count) => sum + count, 0);
  const last = foreseen.lastDeparture === null ? 'never' : spoken(foreseen.lastDeparture);
  stage.say(
    `Rehearsed, nothing sent: ${foreseen.audience} meant, ${foreseen.leavesNow} may leave now, ${foreseen.held} wait for their hour, ${excluded} are left out; ${foreseen.parts} parts.`,
  );
  if (!foreseen.finishesInWindow)
    stage.say(
      `It would not be over by eight: the last leaves ${last}; only ${foreseen.rateForWindow} a second would do.`,
    );
}

async function campaignOf(stage: Stage, id: string): Promise<Campaign> {
  const campaign = await stage.system.ask<Campaign>('GET', `/v1/campaigns/${id}`);
  const { accepted, pending } = campaign.accounts;
  stage.progress(`${accepted} have left, ${pending} to go`);
  return campaign;
}

const campaignUntil = (
  stage: Stage,
  id: string,
  wanted: (campaign: Campaign) => boolean,
): Promise<Campaign> => until(stage, 'for the sale to go on', { ask: () => campaignOf(stage, id), wanted });

/**
 * Whether everybody who is left waits for a lawful hour. After a jump of the clock some may wait two seconds for the
 * gate, in a place where sending is still open: they leave this evening.
 */
function allWait({ accounts, waitingFor }: Campaign): boolean {
  if (waitingFor === null || waitingFor.ruleId === null) return false;
  return waitingFor.byTerritory.reduce((sum, { count }) => sum + count, 0) === accounts.pending;
}

function sayWhoWaits(stage: Stage, waiting: readonly Waiting[]): void {
  const places = Map.groupBy(waiting, (one) => `${placeOf(one.territory)} ${one.until}`);
  for (const group of places.values()) {
    const [{ territory, until: moment } = { territory: '', until: null }] = group;
    const count = group.reduce((sum, one) => sum + one.count, 0);
    const who = `${counting(count, 'person', 'people')}, ${placeOf(territory)}`;
    stage.quote(`${who}: until ${spoken(moment ?? '', zoneOf(territory))} there`);
  }
}

async function heldAtEight(stage: Stage, id: string, evening: DateTime): Promise<void> {
  const eight = evening.plus({ minutes: 2 });
  await jumpTo(stage, eight.minus({ seconds: 2 }));
  await until(stage, 'for eight o’clock', { ask: () => lawNow(stage), wanted: (now) => now > eight });
  const held = await campaignUntil(stage, id, allWait);
  stage.say(
    `Eight o’clock: the sale is held. ${counting(held.accounts.pending, 'person waits', 'people wait')}, and the system says until when and why:`,
  );
  sayWhoWaits(stage, held.waitingFor?.byTerritory ?? []);
  stage.quote(held.waitingFor?.text ?? '');
  stage.look('the same campaign asleep', 'the Temporal page that "npm start" printed');
  await breathe(stage, 2);
}

async function goesOn(stage: Stage, id: string, evening: DateTime): Promise<DateTime> {
  const { opensAt, closed } = await reopening(stage, evening);
  const rests = closed.map(({ on, text }) => `${spoken(on).slice(0, -6)}, ${text}`).join('; ');
  await stage.system.ask('PATCH', `/v1/campaigns/${id}`, { body: { ratePerSecond: 40 } });
  await jumpTo(stage, opensAt.minus({ seconds: 2 }));
  const before = await campaignOf(stage, id);
  stage.say(
    `Nothing leaves on ${rests}. It is ${spoken(opensAt)}: sending opens, and the sale goes on by itself.`,
  );
  await campaignUntil(stage, id, ({ accounts }) => accounts.accepted > before.accounts.accepted + 8);
  return opensAt;
}

async function somebodySaysStop(stage: Stage, opensAt: DateTime): Promise<Told> {
  const { system } = stage;
  const number = await mainlandPhone(stage, opensAt);
  const read = (): Promise<Message[]> => system.ask('GET', `/sandbox/handsets/${number.slice(1)}/messages`);
  const offer = (await read()).at(-1);
  const code = /STOP\D{0,12}(\d{5})/.exec(offer?.text ?? '')?.[1];
  stage.say(
    `${masked(number)} answers STOP${code === undefined ? '' : ` to ${code}, the number printed in the text`}.`,
  );
  const reply = { text: 'STOP', ...(code !== undefined && { to: code }) };
  const before = (await read()).length;
  await system.ask('POST', `/sandbox/handsets/${number.slice(1)}/replies`, { body: reply });
  const heard = await until(stage, 'for the acknowledgement', {
    ask: read,
    wanted: (all) => all.length > before,
  });
  stage.quote(heard.at(-1)?.text ?? '');
  await system.ask('POST', `/sandbox/handsets/${number.slice(1)}/replies`, { body: reply });
  stage.say('They type STOP once more, to be sure. One acknowledgement a day is enough: nothing comes.');
  await breathe(stage, 2);
  return {
    who: masked(number),
    received: `the offer, one acknowledgement${(await read()).length === before + 1 ? '' : ' (and more!)'}`,
    when: spoken(heard.at(-1)?.acceptedAt ?? ''),
    why: 'said STOP: nothing more will ever leave for them',
  };
}

interface Handset {
  readonly number: string;
  readonly lastAt: string;
  readonly lastText: string;
}

async function mainlandPhone(stage: Stage, since: DateTime): Promise<string> {
  const fits = ({ number, lastAt, lastText }: Handset): boolean =>
    /^\+33[67]/.test(number) && lastText.startsWith(OFFER) && Date.parse(lastAt) >= since.toMillis();
  const handsets = await until(stage, 'for a phone to receive the offer', {
    ask: () => stage.system.ask<Handset[]>('GET', '/sandbox/handsets'),
    wanted: (all) => all.some(fits),
  });
  return handsets.find(fits)?.number ?? '';
}

/** As the API masks it. */
const masked = (number: string): string => `${number.slice(0, 4)}••••••${number.slice(-2)}`;

/** In the Caribbean it is eight when it is early afternoon in Paris. */
async function lastOverseas(stage: Stage, id: string, opensAt: DateTime): Promise<void> {
  await campaignUntil(stage, id, ({ accounts, waitingFor }) => accounts.pending === 0 || waitingFor !== null);
  await jumpTo(stage, opensAt.set({ hour: 15 }));
  const ended = await campaignUntil(stage, id, ({ status }) => status === 'finished');
  stage.say(
    `By ${spoken(opensAt.set({ hour: 15 }))} it is past eight overseas as well: the sale is over, each of its ${ended.accounts.audience} people accounted for.`,
  );
}

const rejected = ({ rejectedBy }: Body): Told[] =>
  Object.entries(rejectedBy as Readonly<Record<string, number>>).map(([code, count]) =>
    nothing(`${counting(count, 'row', 'rows')} of the list`, code),
  );
