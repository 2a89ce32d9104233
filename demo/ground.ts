import { createServer } from 'node:net';
import { CannotTell } from './refusal.ts';
import type { System } from './system.ts';

/** How the first tenant is called while the demo lasts; found later, it tells of a demo that was killed. */
const ACTORS = { legalName: 'Maison Lumière SARL (démo)', brand: 'Maison Lumière' };
const OPEN = new Set(['scheduled', 'running', 'paused', 'parked']);

interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

interface Series {
  readonly kind: 'appointment' | 'subscription' | 'payment-plan';
  readonly externalId: string | null;
}

interface Tenant {
  readonly legalName: string;
  readonly brand: string;
  readonly missing: readonly string[];
}

/** Refuses a second demo of the same instance; the kernel forgets a demo that dies. */
export async function alone(url: string): Promise<() => void> {
  const server = createServer();
  const taken = new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(`\0bonheure-demo-${new URL(url).port}`, resolve);
  });
  await taken.catch((cause: unknown) => {
    throw new CannotTell('Another demo is being told on this instance. Let it end, then run it again.', {
      cause,
    });
  });
  return () => server.close();
}

/** Refuses a system that could send for good, or whose clock does not move. */
export async function onlyFakes(system: System): Promise<void> {
  const gateways = await system.ask<readonly { name: string; fake: boolean; kind: string }[]>(
    'GET',
    '/v1/gateways',
  );
  const real = gateways.filter(({ fake }) => !fake).map(({ name }) => name);
  if (real.length > 0)
    throw new CannotTell(
      `This instance sends through a real operator (${real.join(', ')}): the demo would write to real people, so it refuses. ` +
        'Start another instance with its own BONHEURE_DATA and PORT and without BONHEURE_GATEWAYS.',
    );
  if (!gateways.some(({ kind }) => kind === 'sandbox'))
    throw new CannotTell('This instance has no sandbox: start one without BONHEURE_GATEWAYS.');
}

/** What of somebody else would leave when the clock jumps ahead. */
export async function refuseOwnWork(system: System): Promise<void> {
  const { campaigns, series } = await openWork(system);
  const own = [
    ...campaigns.filter(({ name }) => !ours(name)).map(({ name }) => `campaign "${name}"`),
    ...(series.some(({ externalId }) => !ours(externalId)) ? ['reminders that are not sent yet'] : []),
  ];
  if (own.length === 0) return;
  throw new CannotTell(
    `This instance has work of its own (${own.join(', ')}), and the demo moves the clock by weeks: it would leave early. ` +
      'Start another with its own BONHEURE_DATA and PORT, or let it leave: npm run demo -- --anyway',
  );
}

const ours = (name: string | null): boolean => name !== null && /^demo[ -]/.test(name);

async function openWork(system: System): Promise<{ campaigns: Campaign[]; series: Series[] }> {
  const campaigns = await system.ask<{ items: Campaign[] }>('GET', '/v1/campaigns?limit=500');
  const series = await system.ask<{ items: Series[] }>('GET', '/v1/reminder-series?state=open&limit=500');
  return { campaigns: campaigns.items.filter(({ status }) => OPEN.has(status)), series: series.items };
}

/** Puts things back as they were; also what a killed demo left. */
export type PutBack = () => Promise<void>;

/** Names the actors, and remembers the clock. */
export async function prepare(system: System): Promise<PutBack> {
  const killed = await whatAKilledDemoLeft(system);
  const { offsetMs } = await system.ask<{ offsetMs: number }>('GET', '/sandbox/clock');
  const before = killed ? 0 : offsetMs;
  const tenant = await system.ask<Tenant>('GET', '/v1/tenant');
  const unnamed = tenant.missing.includes('legalName');
  if (unnamed) await system.ask('PATCH', '/v1/tenant', { body: ACTORS });
  return async () => {
    await endOurs(system);
    if (unnamed) await rename(system, tenant);
    await moveBack(system, before);
  };
}

async function whatAKilledDemoLeft(system: System): Promise<boolean> {
  const tenant = await system.ask<Tenant>('GET', '/v1/tenant');
  const ended = await endOurs(system);
  if (tenant.legalName !== ACTORS.legalName) return ended;
  await rename(system, { legalName: 'Ma société (à compléter)', brand: 'Ma société' });
  return true;
}

const rename = (
  system: System,
  { legalName, brand }: Pick<Tenant, 'legalName' | 'brand'>,
): Promise<unknown> => system.ask('PATCH', '/v1/tenant', { body: { legalName, brand } });

async function endOurs(system: System): Promise<boolean> {
  const { campaigns, series } = await openWork(system);
  const left = campaigns.filter(({ name }) => ours(name));
  for (const { id } of left) await system.ask('POST', `/v1/campaigns/${id}/cancel`);
  const booked = series.filter(({ externalId }) => ours(externalId));
  for (const { kind, externalId } of booked) await system.ask('DELETE', `/v1/${kind}s/${externalId}`);
  return left.length + booked.length > 0;
}

async function moveBack(system: System, before: number): Promise<void> {
  const { now, offsetMs } = await system.ask<{ now: string; offsetMs: number }>('GET', '/sandbox/clock');
  if (offsetMs === before) return;
  const then = new Date(Date.parse(now) - offsetMs + before);
  await system.ask('POST', '/sandbox/clock', { body: { now: then.toISOString() } });
}
