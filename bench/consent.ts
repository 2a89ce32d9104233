import { instant } from '../src/platform/clock.ts';
import { addAnchor, leavesOf, rememberBlocks } from '../src/people/evidence/anchor.repository.ts';
import { linkChain, treeRoot } from '../src/people/evidence/chain.ts';
import { readHead } from '../src/people/evidence/chain.repository.ts';
import { evidenceKey } from '../src/operations/evidence/evidence-file.ts';
import { evidenceOf } from '../src/operations/evidence/evidence.ts';
import { recordConsents } from '../src/people/consent/record-consents.ts';
import { upsertContacts } from '../src/people/contact/upsert-contacts.ts';
import { walkChain, type Readers } from '../src/people/evidence/verify-chain.ts';
import { addWording } from '../src/people/consent/wording.repository.ts';
import { keyOf, newKeyBytes } from '../src/crypto/cipher.ts';
import { readPhone } from '../src/sms/number/phone-number.ts';
import { clock, onGround, type Ground } from './ground.ts';
import { machine } from './machine.ts';
import { figure, keepResult } from './result.ts';
import '../src/main/wiring.ts';

const SLICE = 2_000;

/** People who agreed on paper, as an import records them; answers their ids. */
export async function agreed({ database, tenantId, keys }: Ground, count: number): Promise<string[]> {
  const deps = { keys, clock };
  const wording = await database.withTenant(tenantId, (tx) =>
    addWording(tx, deps, { text: 'Offres de Bench par SMS. STOP.', purposes: ['marketing'] }),
  );
  const ids: string[] = [];
  for (let first = 0; first < count; first += SLICE) {
    const size = Math.min(SLICE, count - first);
    const lines = Array.from({ length: size }, (_, turn) =>
      readPhone(`+336${String(10_000_000 + first + turn)}`),
    );
    const people = await database.withTenant(tenantId, async (tx) => {
      const told = lines.flatMap((line) => (line.kind === 'mobile' ? [{ line }] : []));
      const made = await upsertContacts(tx, deps, told);
      await recordConsents(
        tx,
        deps,
        made.map(({ id }) => ({
          contactId: id,
          purpose: 'marketing' as const,
          wordingId: wording.id,
          method: 'paper' as const,
          evidence: { documentRef: `B-${id}` },
          grantedAt: '2026-03-01T10:00:00Z',
          actor: 'key:bench',
        })),
      );
      return made;
    });
    ids.push(...people.map(({ id }) => id));
  }
  return ids;
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly made: T; readonly ms: number }> {
  const began = performance.now();
  const made = await work();
  return { made, ms: performance.now() - began };
}

export async function linkAll({ database, tenantId }: Ground): Promise<number> {
  for (let all = 0; ;) {
    const linked = await database.withTenant(tenantId, (tx) => linkChain(tx, 'consent'));
    all += linked;
    if (linked === 0) return all;
  }
}

/** An anchor without an authority: what a file costs does not depend on who stamped. */
async function anchorHead({ database, tenantId }: Ground): Promise<void> {
  await database.withTenant(tenantId, async (tx) => {
    const head = await readHead(tx, 'consent');
    if (head === undefined) return;
    await rememberBlocks(tx, 'consent', head.position);
    const root = (await treeRoot(await leavesOf(tx, 'consent'), head.position)).toString('hex');
    const token = Buffer.alloc(0);
    const stampedAt = instant(clock.machine()).toISO();
    await addAnchor(tx, {
      chain: 'consent',
      position: head.position,
      head: head.hash,
      root,
      statement: '{}',
      token,
      stampedAt,
    });
  });
}

async function evidenceTimes(
  { database, tenantId, keys }: Ground,
  ids: readonly string[],
): Promise<number[]> {
  const key = evidenceKey(keyOf(1, newKeyBytes()).key, tenantId);
  const signing = () => key;
  const took: number[] = [];
  for (let turn = 0; turn < 50; turn += 1) {
    const contactId = ids[Math.floor((ids.length * turn) / 50)] ?? '';
    const madeAt = instant(clock.machine()).toISO();
    const { ms } = await timed(() =>
      database.withTenant(tenantId, (tx) =>
        evidenceOf(tx, { keys, clock, signing }, { contactId, clear: true, madeAt }),
      ),
    );
    took.push(ms);
  }
  return took.toSorted((one, other) => one - other);
}

/** Walks along the chain; answers the processor time that program and server took, in milliseconds. */
async function walked({ database, tenantId, serverMs }: Ground): Promise<number> {
  const all = async (): Promise<number> => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000 + (await serverMs());
  };
  const before = await all();
  const readers: Readers = { atOnce: 3, within: (work) => database.withTenant(tenantId, work) };
  await database.withTenant(tenantId, (tx) => walkChain(tx, 'consent', readers));
  return (await all()) - before;
}

async function measure(ground: Ground, count: number): Promise<void> {
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const { made: ids, ms: recording } = await timed(() => agreed(ground, count));
  say(`recorded: ${figure(ids.length)} consents, ${figure((ids.length * 1_000) / recording)}/s`);
  const { made: linked, ms: linking } = await timed(() => linkAll(ground));
  const linkedEach = (linked * 1_000) / linking;
  say(`chained: ${figure(linked)} events in ${figure(linking)} ms, ${figure(linkedEach)}/s`);
  // What the server does by itself within a minute.
  await ground.own('VACUUM ANALYZE');
  const anchoring = await timed(() => anchorHead(ground));
  say(`rooted for a time stamp: ${figure(anchoring.ms)} ms`);
  const walk = await timed(() => walked(ground));
  const [each, eachOfProcessor] = [(linked * 1_000) / walk.ms, (linked * 1_000) / walk.made];
  say(`verified: ${figure(each)} events/s; ${figure(eachOfProcessor)} per second of processor time`);
  const took = await evidenceTimes(ground, ids);
  const at = (part: number): number => took[Math.floor((took.length - 1) * part)] ?? 0;
  say(
    `evidence of one person among ${figure(ids.length)}: p50 ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, max ${at(1).toFixed(1)} ms`,
  );
  await keepResult(`consent-${count}`, {
    events: linked,
    chainedPerSecond: Math.round(linkedEach),
    verifiedPerSecond: Math.round(each),
    verifiedPerProcessorSecond: Math.round(eachOfProcessor),
    evidenceP50Ms: Math.round(at(0.5)),
    evidenceP95Ms: Math.round(at(0.95)),
    evidenceMaxMs: Math.round(at(1)),
  });
}

/** How fast consents are chained and verified, and one person's evidence is made; `npm run bench -- consent 1000000`. */
export async function bench(): Promise<void> {
  const count = Number(process.argv[3] ?? 100_000);
  process.stdout.write(`${machine('@mikro-orm/core')}\n`);
  await onGround((ground) => measure(ground, count));
}
