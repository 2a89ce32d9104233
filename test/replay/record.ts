// Records histories anew, from an instance as `npm start` makes it: npm run histories [story]…
// What runs today began under those that are kept: files are added, none is taken away or written again.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { Progress } from '../../workflows/messages.ts';
import { temporalProgram } from '../../src/main/embedded/temporal.ts';
import { isTraced } from '../../src/platform/tracing.ts';
import { aFlashSale, signedOnPaper } from '../support/flash-sale.ts';
import { anInstance, until, type Instance } from '../support/instance.ts';
import { day, packed, recordedFolder } from './histories.ts';

const run = promisify(execFile);
/** Each in a locality of its own, and so in a shard of its own; the first two twice. */
const ELSEWHERE = [
  '+590690001001',
  '+594694201001',
  '+596696001001',
  '+262639001001',
  '+687751001',
  '+68987001001',
];
const PHONES = ['+33639980201', '+33639980202', '+262692001001', '+262692001002', ...ELSEWHERE];
/**
 * Told together: so many wait for one task of a workflow. Where more than 100 wait, the server fails the task; its
 * worker then forgets the workflow, and has to go through all of its history again within one task.
 */
const BURST = 80;
/** Events from which on a server suggests a new run. */
const SUGGESTED = 4_096;

interface Recording {
  readonly instance: Instance;
  readonly client: Client;
  readonly address: string;
  readonly namespace: string;
  readonly program: string;
}

/** A history as Temporal's own program prints it, without who ran it and where. */
async function keep(
  { address, namespace, program }: Recording,
  name: string,
  { workflowId, runId }: { readonly workflowId: string; readonly runId?: string | undefined },
): Promise<void> {
  const which = ['--workflow-id', workflowId, ...(runId === undefined ? [] : ['--run-id', runId])];
  const order = [
    'workflow',
    'show',
    '--address',
    address,
    '--namespace',
    namespace,
    '--output',
    'json',
    ...which,
  ];
  const { stdout } = await run(program, order, { maxBuffer: 2 ** 28 });
  const history: unknown = JSON.parse(stdout, (key, value: unknown) =>
    key === 'identity' || key === 'requestId' || key === 'links' ? undefined : value,
  );
  const traced = isTraced(process.env) ? 'traced-' : '';
  const file = path.join(recordedFolder, `${day()}-${traced}${name}.json.br`);
  const bytes = packed(history);
  await writeFile(file, bytes, { flag: 'wx' });
  console.log(
    `${path.basename(file)}: ${(history as { events: unknown[] }).events.length} events, ${bytes.length} bytes`,
  );
}

const ended = (handle: WorkflowHandle): Promise<unknown> =>
  until(
    () => handle.describe(),
    ({ status }) => status.name !== 'RUNNING',
  );

const runOf = async (handle: WorkflowHandle): Promise<string> => (await handle.describe()).runId;

async function asked(instance: Instance, method: string, where: string, body?: object) {
  const answer = await instance.call(method, where, body);
  if (answer.status >= 300) throw new Error(`${method} ${where}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function booked(
  instance: Instance,
  name: string,
  { phone, startsAt }: { readonly phone: string; readonly startsAt: string },
): Promise<string> {
  const { seriesId } = await asked(instance, 'PUT', `/v1/appointments/${name}`, {
    contact: { phone },
    startsAt,
    timeZone: 'Europe/Paris',
    practice: 'Cabinet des Tilleuls',
    consent: {
      method: 'paper',
      grantedAt: '2026-12-01T08:30',
      wording: 'J’accepte de recevoir par SMS les rappels de mes rendez-vous au cabinet.',
    },
  });
  return `series/${String(seriesId)}`;
}

const waiting = (handle: WorkflowHandle): Promise<unknown> =>
  until(
    () =>
      handle.query<{ state: string }>('next').then(
        ({ state }) => state,
        () => '',
      ),
    (state) => state === 'waiting-window',
  );

/** A reminder that leaves, then a STOP on the handset, and its answer. */
async function stopped(recording: Recording): Promise<void> {
  const { instance, client } = recording;
  const phone = '+33639980301';
  const workflowId = await booked(instance, 'AG-1', { phone, startsAt: '2026-12-17T11:00' });
  await waiting(client.workflow.getHandle(workflowId));
  await booked(instance, 'AG-1', { phone, startsAt: '2026-12-16T11:00' });
  await instance.rests();
  await instance.moveClock('2026-12-14T11:00:30+01:00');
  await until(
    () => instance.log(),
    (log) => log.some(({ to }) => to === phone),
  );
  await instance.rests();
  await instance.reply(phone, 'STOP');
  await ended(client.workflow.getHandle(workflowId));
  await keep(recording, 'series-stopped', { workflowId });
  const { id } = await asked(instance, 'GET', '/v1/tenant');
  const answers = client.workflow.getHandle(`acknowledgements/${String(id)}`);
  await ended(answers);
  await keep(recording, 'acknowledgements', answers);
}

const isQuiet = ({ raw }: Awaited<ReturnType<WorkflowHandle['describe']>>): boolean =>
  !raw.pendingWorkflowTask && (raw.pendingActivities ?? []).length === 0;

/** Until its history is long; a run that is told something meanwhile does not end: there is quiet after each burst. */
async function toldOften(handle: WorkflowHandle): Promise<void> {
  const first = await runOf(handle);
  for (;;) {
    const { runId, historyLength } = await handle.describe();
    if (runId !== first || historyLength >= SUGGESTED) return;
    await Promise.all(Array.from({ length: BURST }, () => handle.signal('replan')));
    await until(() => handle.describe(), isQuiet);
  }
}

/** Told so often to look again that it goes on in a new run; then the booking is called off. */
async function flooded(recording: Recording): Promise<void> {
  const { instance, client } = recording;
  const workflowId = await booked(instance, 'AG-2', { phone: '+33639980302', startsAt: '2026-12-22T11:00' });
  const handle = client.workflow.getHandle(workflowId);
  await until(
    () =>
      handle.describe().then(
        () => true,
        () => false,
      ),
    (isThere) => isThere,
  );
  const first = await runOf(handle);
  await toldOften(handle);
  await until(
    () => runOf(handle),
    (now) => now !== first,
  );
  await keep(recording, 'series-flooded', { workflowId, runId: first });
  await asked(instance, 'DELETE', '/v1/appointments/AG-2');
  await ended(handle);
  await keep(recording, 'series-gone-on-and-called-off', { workflowId });
}

async function launched(recording: Recording, phones: readonly string[], at: string): Promise<string> {
  const { instance } = recording;
  const campaignId = await aFlashSale(instance, signedOnPaper(phones));
  await instance.moveClock(at);
  await asked(instance, 'POST', `/v1/campaigns/${campaignId}/launch`, { acknowledge: ['STALE_WHEN_HELD'] });
  return campaignId;
}

/** Some localities are sent to while others sleep; somebody there says STOP before they wake. */
async function localities(recording: Recording): Promise<void> {
  const { instance, client } = recording;
  const campaignId = await launched(recording, PHONES, '2026-12-15T10:00:00+01:00');
  await until(
    () => instance.log(),
    (log) => log.some(({ to }) => to === '+262692001001'),
  );
  await instance.reply('+596696001001', 'STOP');
  await asked(instance, 'PATCH', `/v1/campaigns/${campaignId}`, { ratePerSecond: 50 });
  for (const at of ['2026-12-15T16:00:00+01:00', '2026-12-15T22:30:00+01:00']) {
    await instance.moveClock(at);
    await instance.rests();
  }
  const campaign = client.workflow.getHandle(`campaign/${campaignId}`);
  await instance.moveClock('2026-12-16T19:00:00+01:00');
  await ended(campaign);
  await keep(recording, 'campaign-of-localities', campaign);
  for (const shard of [0, 1, 2, 3])
    await keep(recording, `shard-of-localities-${shard}`, {
      workflowId: `campaign/${campaignId}/shard/${shard}`,
    });
}

/** Orders by the API while it sleeps, the last of them to end it. */
async function calledOff(recording: Recording): Promise<void> {
  const { instance, client } = recording;
  const campaignId = await launched(recording, ['+33639980401', '+33639980402'], '2026-12-16T20:30:00+01:00');
  const shard = client.workflow.getHandle(`campaign/${campaignId}/shard/0`);
  await waiting(shard);
  for (const order of ['pause', 'resume']) {
    await asked(instance, 'POST', `/v1/campaigns/${campaignId}/${order}`, {});
    await instance.rests();
  }
  await asked(instance, 'POST', `/v1/campaigns/${campaignId}/cancel`, {});
  const campaign = client.workflow.getHandle(`campaign/${campaignId}`);
  await ended(campaign);
  await keep(recording, 'campaign-called-off', campaign);
  await keep(recording, 'shard-called-off', shard);
}

const shardsOf = (campaign: WorkflowHandle): Promise<Progress['shards']> =>
  campaign.query<Progress>('progress').then(
    ({ shards }) => shards,
    () => undefined,
  );

/** Spread over days in two localities: in each of them eight shards wait, and one is not begun. */
async function spread(recording: Recording): Promise<string> {
  const { instance, client } = recording;
  const each = Array.from({ length: 10 }, (_, index) => 501 + index);
  const phones = each.flatMap((last) => [`+33639980${last}`, `+262692001${last}`]);
  const campaignId = await aFlashSale(instance, signedOnPaper(phones));
  await asked(instance, 'PATCH', `/v1/campaigns/${campaignId}`, { spread: { days: each.length } });
  await instance.moveClock('2026-12-17T10:00:00+01:00');
  await asked(instance, 'POST', `/v1/campaigns/${campaignId}/launch`, { acknowledge: ['STALE_WHEN_HELD'] });
  const campaign = client.workflow.getHandle(`campaign/${campaignId}`);
  await until(
    () => shardsOf(campaign),
    (shards) => shards?.open === 18 && shards.inFlight === 16,
  );
  return campaignId;
}

/** Told so often that it goes on in a new run while its shards wait for their days; then a day passes, and it is called off. */
async function grownLong(recording: Recording): Promise<void> {
  const { instance, client } = recording;
  const campaignId = await spread(recording);
  const campaign = client.workflow.getHandle(`campaign/${campaignId}`);
  const shard = { workflowId: `${campaign.workflowId}/shard/2` };
  const [first, sleeping] = [await runOf(campaign), await runOf(client.workflow.getHandle(shard.workflowId))];
  await toldOften(campaign);
  await instance.moveClock('2026-12-18T10:00:00+01:00');
  await until(
    () => shardsOf(campaign),
    (shards) => shards?.open === 16 && shards.inFlight === 16,
  );
  await asked(instance, 'POST', `/v1/campaigns/${campaignId}/cancel`, {});
  await ended(campaign);
  await keep(recording, 'campaign-gone-on', { workflowId: campaign.workflowId, runId: first });
  await keep(recording, 'campaign-gone-on-and-called-off', campaign);
  await keep(recording, 'shard-called-back-while-it-slept', { ...shard, runId: sleeping });
}

/** A shard that is called back by hand while it sends: its campaign starts it again. */
async function calledBack(recording: Recording): Promise<void> {
  const { instance, client } = recording;
  const phones = Array.from({ length: 20 }, (_, index) => `+33639980${601 + index}`);
  const campaignId = await aFlashSale(instance, signedOnPaper(phones));
  await asked(instance, 'PATCH', `/v1/campaigns/${campaignId}`, { ratePerSecond: 1 });
  await instance.moveClock('2026-12-18T11:00:00+01:00');
  await asked(instance, 'POST', `/v1/campaigns/${campaignId}/launch`, { acknowledge: ['STALE_WHEN_HELD'] });
  await until(
    () => instance.log(),
    (log) => log.some(({ to }) => phones.includes(to)),
  );
  const shard = client.workflow.getHandle(`campaign/${campaignId}/shard/0`);
  const first = await runOf(shard);
  await shard.signal('calledBack');
  await ended(client.workflow.getHandle(`campaign/${campaignId}`));
  await keep(recording, 'shard-called-back-while-it-sent', { workflowId: shard.workflowId, runId: first });
}

/** Cancelled by hand in Temporal, as nobody should. */
async function cancelled(recording: Recording): Promise<void> {
  const { client } = recording;
  const campaignId = await launched(recording, ['+33639980403'], '2026-12-16T21:00:00+01:00');
  const shard = client.workflow.getHandle(`campaign/${campaignId}/shard/0`);
  await waiting(shard);
  const campaign = client.workflow.getHandle(`campaign/${campaignId}`);
  const [runId, shardRun] = [await runOf(campaign), await runOf(shard)];
  await client.workflow.getHandle(campaign.workflowId, runId).cancel();
  await ended(client.workflow.getHandle(campaign.workflowId, runId));
  await keep(recording, 'campaign-cancelled-by-hand', { workflowId: campaign.workflowId, runId });
  await keep(recording, 'shard-cancelled-by-hand', { workflowId: shard.workflowId, runId: shardRun });
}

/** What the instance does by itself, and what a person asks of it once. */
async function beside(recording: Recording): Promise<void> {
  const { instance, client } = recording;
  const { items } = await asked(instance, 'POST', '/v1/contacts/search', { phone: '+33639980201' });
  const [contact] = items as readonly { id: string }[];
  const { id } = await asked(instance, 'POST', `/v1/contacts/${contact?.id ?? ''}/erasure`, {
    requestedAt: '2026-12-16T10:00:00+01:00',
    identityChecked: true,
  });
  const erasing = client.workflow.getHandle(`erasure/${String(id)}`);
  await until(
    () => instance.call('GET', `/v1/erasures/${String(id)}`),
    ({ body }) => body['state'] === 'done',
  );
  await keep(recording, 'erasure', erasing);
  const names: Readonly<Record<string, string>> = {
    importContacts: 'import',
    seal: 'seal',
  };
  const left = new Set(Object.keys(names));
  for await (const { type, workflowId, runId } of client.workflow.list())
    if (left.delete(type)) await keep(recording, names[type] ?? type, { workflowId, runId });
  if (left.size > 0) throw new Error(`nothing was recorded of ${[...left].join(', ')}`);
}

/** What has had its time is removed, in one house at once. */
async function cleaned(recording: Recording): Promise<void> {
  const { instance, client } = recording;
  await asked(instance, 'POST', '/v1/retention/cleanings', {});
  const { id } = await asked(instance, 'GET', '/v1/tenant');
  const house = client.workflow.getHandle(`housekeeping/${String(id)}`);
  await until(
    () =>
      house.describe().then(
        ({ status }) => status.name,
        () => '',
      ),
    (status) => status === 'COMPLETED',
  );
  await keep(recording, 'housekeeping-of-one', house);
  const schedule = client.schedule.getHandle('housekeeping');
  // A worker makes it once it has nothing more urgent to do.
  await until(
    () =>
      schedule.trigger().then(
        () => true,
        () => false,
      ),
    (isThere) => isThere,
  );
  const started = await until(
    async () => (await schedule.describe()).info.recentActions,
    (actions) => actions.length > 0,
  );
  const { workflow } = started.at(-1)?.action ?? {};
  if (workflow === undefined) throw new Error('the schedule started nothing');
  const all = client.workflow.getHandle(workflow.workflowId, workflow.firstExecutionRunId);
  await ended(all);
  await keep(recording, 'housekeeping-of-all', { workflowId: workflow.workflowId });
}

await mkdir(recordedFolder, { recursive: true });
const instance = await anInstance();
try {
  const { temporalAddress: address, temporalNamespace: namespace } = await instance.run();
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const recording = { instance, client, address, namespace, program: await temporalProgram() };
  await instance.moveClock('2026-12-01T09:00:00+01:00');
  await asked(instance, 'PATCH', '/v1/tenant', {
    legalName: 'SCM des Tilleuls',
    contact: { phone: '01 42 68 53 00' },
    sender: 'LUMIERE',
  });
  const stories = {
    stopped,
    localities,
    calledOff,
    cancelled,
    grownLong,
    calledBack,
    flooded,
    beside,
    cleaned,
  };
  const named = process.argv.slice(2);
  for (const [name, story] of Object.entries(stories))
    if (named.length === 0 || named.includes(name))
      await story(recording).catch((cause: unknown) => {
        process.exitCode = 1;
        console.error(`${name} was not recorded to its end:`, cause);
      });
  await connection.close();
} finally {
  await instance.stop();
}
