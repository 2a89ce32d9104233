import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { anInstance, closes, type Instance, type ShownAccounts } from '../test/support/instance.ts';
import { file } from './import.ts';
import { machine } from './machine.ts';
import { Residents } from './residents.ts';
import { figure, keepResult } from './result.ts';
import { eventsOf } from './temporal-events.ts';
import { apart, received, servedFile } from './whole-served.ts';
import { Watch } from './whole-watch.ts';

/** Rows of the file. */
const PEOPLE = Number(process.env['PEOPLE'] ?? 1_000_000);
/** The first of three years in which people agreed: the oldest agreements have lapsed by then. */
const FIRST_YEAR = 2024;
const BEGINS = '2027-03-30T09:30:00+02:00';
const CARRIER = { name: 'bench', kind: 'sandbox', fake: true, default: true };
/** As fast as an account may be told to go. */
const ACCOUNT = { ...CARRIER, ratePerSecond: 10_000, connections: 250 };

type Body = Readonly<Record<string, unknown>>;

const rounded = (value: number): number => Number(value.toFixed(1));

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** An answer that must be this one. */
async function asked(
  instance: Instance,
  method: string,
  where: string,
  { body, headers, status }: { body?: unknown; headers?: CallHeaders; status: readonly number[] },
): Promise<Body> {
  const answer = await instance.call(method, where, body, headers);
  if (status.includes(answer.status)) return answer.body;
  throw new Error(`${method} ${where} answered ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** What an instance writes as it goes, read as a whole. */
const read = (instance: Instance, where: string): Promise<Response> =>
  fetch(`${instance.origin}${where}`, { headers: { authorization: `Bearer ${instance.key}` } });

/** What follows one campaign, and what it comes to. */
interface Run {
  readonly instance: Instance;
  readonly watch: Watch;
  readonly figures: Record<string, number>;
}

async function upload({ instance, figures }: Run): Promise<string> {
  const began = performance.now();
  const answer = await fetch(`${instance.origin}/v1/imports?kind=contacts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${instance.key}`, 'content-type': 'text/csv' },
    body: file(PEOPLE, FIRST_YEAR),
    duplex: 'half',
  });
  const { id } = (await answer.json()) as { id: string };
  if (answer.status !== 202) throw new Error(`the file was answered ${answer.status}`);
  figures['uploadS'] = rounded((performance.now() - began) / 1_000);
  say(`received in ${figures['uploadS']} s`);
  return id;
}

async function readIn({ watch, figures }: Run, importId: string): Promise<void> {
  const { body, seconds } = await watch.follow({
    path: `/v1/imports/${importId}`,
    until: ({ state }) => state === 'finished' || state === 'failed',
    said: ({ rows, progress }) => `${figure(Number(rows))} rows read, ${JSON.stringify(progress)}`,
  });
  if (body['state'] !== 'finished') throw new Error(JSON.stringify(body));
  figures['readS'] = rounded(seconds);
  figures['rowsPerSecond'] = Math.round(PEOPLE / seconds);
  figures['accepted'] = Number(body['accepted']);
  say(
    `read in ${figures['readS']} s, ${figure(PEOPLE / seconds)} rows/s: ${JSON.stringify(body['rejectedBy'])}`,
  );
}

type CallHeaders = Record<string, string>;

async function aMarketer({ instance }: Run): Promise<CallHeaders> {
  const made = await asked(instance, 'POST', '/v1/keys', { body: { role: 'marketer' }, status: [201] });
  return { authorization: `Bearer ${String(made['key'])}` };
}

/** A marketer's draft for everybody in the file, at a company that asks for a second person. */
async function draft({ instance }: Run, importId: string, headers: CallHeaders): Promise<string> {
  await asked(instance, 'PATCH', '/v1/tenant', {
    body: { brand: 'Lumière', sender: 'LUMIERE', approval: { recipients: 10_000 } },
    status: [200],
  });
  const body = {
    name: 'Vente flash',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: '{firstName|Bonjour}, -30 % en boutique avec {brand}. {stop}',
    audience: { importId },
  };
  return String((await asked(instance, 'POST', '/v1/campaigns', { body, headers, status: [201] }))['id']);
}

async function rehearsed({ instance, watch, figures }: Run, campaignId: string): Promise<Body> {
  const where = `/v1/campaigns/${campaignId}/rehearsal`;
  const began = performance.now();
  await asked(instance, 'POST', where, { body: {}, status: [200, 202] });
  const { body } = await watch.follow({
    path: where,
    until: ({ state }) => state !== 'running',
    said: ({ state, progress }) => `rehearsal ${String(state)} ${JSON.stringify(progress ?? {})}`,
  });
  if (body['state'] !== 'done') throw new Error(JSON.stringify(body));
  figures['rehearsalS'] = rounded((performance.now() - began) / 1_000);
  say(
    `rehearsed in ${figures['rehearsalS']} s: ${figure(Number(body['leavesNow']))} leave, ${JSON.stringify(body['excluded'])}, ${figure(Number(body['parts']))} parts`,
  );
  return body;
}

/** The marketer launches once the admin has approved: nobody approves a campaign of their own. */
async function launch({ instance }: Run, campaignId: string, headers: CallHeaders): Promise<void> {
  const where = `/v1/campaigns/${campaignId}`;
  await asked(instance, 'POST', `${where}/launch`, { body: {}, headers, status: [409] });
  await asked(instance, 'POST', `${where}/approval`, { body: {}, status: [200] });
  await asked(instance, 'POST', `${where}/launch`, { body: {}, headers, status: [202] });
}

const accountsOf = ({ accounts }: Body): ShownAccounts => accounts as ShownAccounts;

const saidOf = (body: Body): string => {
  const { audience, pending, accepted, delivered } = accountsOf(body);
  return `${String(body['status'])}: ${figure(audience)} people, ${figure(pending)} pending, ${figure(accepted)} accepted, ${figure(delivered)} delivered`;
};

/** From the launch to the last receipt. */
async function sent({ watch, figures }: Run, campaignId: string): Promise<ShownAccounts> {
  const where = `/v1/campaigns/${campaignId}`;
  const follow = (until: (body: Body) => boolean) => watch.follow({ path: where, until, said: saidOf });
  const frozen = await follow((body) => accountsOf(body).audience > 0);
  figures['freezeS'] = rounded(frozen.seconds);
  say(`frozen in ${figures['freezeS']} s`);
  const left = await follow((body) => accountsOf(body).pending === 0);
  const meanwhile = accountsOf(left.body).accepted - accountsOf(frozen.body).accepted;
  figures['departureS'] = rounded(left.seconds);
  figures['messagesPerSecond'] = Math.round(meanwhile / left.seconds);
  say(`left in ${figures['departureS']} s, ${figure(meanwhile / left.seconds)} messages/s`);
  const closed = await follow(({ status }) => status === 'finished');
  figures['closingS'] = rounded(closed.seconds);
  say(`closed ${figures['closingS']} s after the last one left`);
  const told = await follow((body) => accountsOf(body).delivered === accountsOf(body).accepted);
  figures['receiptsS'] = rounded(closed.seconds + told.seconds);
  say(`every receipt ${figures['receiptsS']} s after the last one left`);
  return accountsOf(told.body);
}

/** What was rehearsed, what the accounts, the file and the operator tell: one and the same. */
async function compared(
  { instance, figures }: Run,
  campaignId: string,
  { rehearsal, accounts }: { readonly rehearsal: Body; readonly accounts: ShownAccounts },
): Promise<void> {
  const kept = await asked(instance, 'GET', `/v1/campaigns/${campaignId}/rehearsal`, { status: [200] });
  const reality = kept['reality'] as Body;
  const began = performance.now();
  const served = await servedFile(await read(instance, `/v1/campaigns/${campaignId}/export`));
  figures['exportS'] = rounded((performance.now() - began) / 1_000);
  say(`file of ${figure(served.rows)} rows, ${figure(served.bytes)} bytes in ${figures['exportS']} s`);
  const operator = await received(await read(instance, '/sandbox/log'));
  Object.assign(figures, {
    sent: accounts.accepted,
    doubles: operator.doubles,
    lost: accounts.accepted - operator.messages,
    outsideWindow: operator.outsideWindow,
    apartFromRehearsal: Math.abs(Number(reality['messagesApart'])) + Math.abs(Number(reality['partsApart'])),
  });
  const faults = [
    ...(closes(accounts) && accounts.pending === 0 ? [] : ['the accounts do not close']),
    ...(rehearsal['leavesNow'] === accounts.accepted ? [] : ['rehearsal and reality differ']),
    ...['doubles', 'lost', 'outsideWindow', 'apartFromRehearsal'].filter((name) => figures[name] !== 0),
    ...apart(served, accounts).map((name) => `the file differs: ${name}`),
  ];
  if (faults.length > 0)
    throw new Error(`${faults.join(', ')}: ${JSON.stringify({ accounts, rehearsal, figures })}`);
}

/** Bytes of the ledger, and of what Temporal keeps. */
async function onDisk(instance: Instance): Promise<{ readonly ledger: number; readonly temporal: number }> {
  const { databaseUrl, temporalDatabase } = await instance.run();
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ size: string }>(
    'SELECT pg_database_size(current_database()) AS size',
  );
  await client.end();
  const folder = path.dirname(temporalDatabase);
  const names = (await readdir(folder)).filter((name) => name.startsWith(path.basename(temporalDatabase)));
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size));
  return { ledger: Number(rows[0]?.size), temporal: sizes.reduce((sum, size) => sum + size, 0) };
}

async function measure(run: Run): Promise<void> {
  const { instance, watch, figures } = run;
  await instance.moveClock(BEGINS);
  const bare = await onDisk(instance);
  const importId = await upload(run);
  await readIn(run, importId);
  const imported = await onDisk(instance);
  const marketer = await aMarketer(run);
  const campaignId = await draft(run, importId, marketer);
  const rehearsal = await rehearsed(run, campaignId);
  await launch(run, campaignId, marketer);
  const accounts = await sent(run, campaignId);
  await compared(run, campaignId, { rehearsal, accounts });
  const [events, after] = [await eventsOf(instance, campaignId), await onDisk(instance)];
  const all = events.reduce((sum, one) => sum + one, 0);
  Object.assign(figures, {
    bytesAPerson: Math.round((imported.ledger - bare.ledger) / PEOPLE),
    bytesAMessage: Math.round((after.ledger - imported.ledger) / accounts.accepted),
    temporalBytes: after.temporal,
    eventsPerThousand: rounded((all * 1_000) / accounts.audience),
    longestRunEvents: Math.max(...events),
    longestSilenceS: watch.longestSilenceS,
    longestAnswerMs: watch.longestAnswerMs,
  });
}

/** A campaign from its file to its receipts, everything as `npm start` runs it; `PEOPLE=20000 npm run bench -- whole`. */
export async function bench(): Promise<void> {
  say(machine('pg', '@temporalio/client'));
  const began = performance.now();
  const instance = await anInstance({ gateways: [ACCOUNT] });
  const residents = new Residents(instance);
  const figures: Record<string, number> = { people: PEOPLE };
  try {
    await measure({ instance, watch: new Watch(instance), figures });
    Object.assign(figures, residents.stop(), { wholeS: rounded((performance.now() - began) / 1_000) });
    say(JSON.stringify(figures, null, 2));
    await keepResult(`whole-${PEOPLE}`, figures, ['pg', '@temporalio/client']);
  } finally {
    residents.stop();
    await instance.stop();
  }
}
