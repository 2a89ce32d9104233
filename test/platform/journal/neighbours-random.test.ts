import { renameSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/platform/database/connection.ts';
import { cases } from '../../support/cases.ts';
import { aFullDisk, aNeighbourhood, type Neighbour } from './neighbourhood.ts';

const near = await aNeighbourhood();
const STRUCK_MS = 14_000;

/** Numbers of a seed, each from 0 up to 1. */
function numbersOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** Stands still before and after whatever it is asked, for as long as it is told. */
function aFreezing(): { readonly through: (database: Database) => Database; frozenMs: number } {
  const freezing = {
    frozenMs: 0,
    through: (database: Database): Database => ({
      ...database,
      outside: async (work) => {
        await pause(freezing.frozenMs);
        const made = await database.outside(work);
        await pause(freezing.frozenMs);
        return made;
      },
    }),
  };
  return freezing;
}

async function fullFor(ms: number): Promise<void> {
  const isMended = await aFullDisk(near.root);
  await pause(ms);
  isMended();
}

describe('processes of one disk, each with a way to PostgreSQL of its own', () => {
  it.each(Array.from({ length: cases(1, 60) }, (_, seed) => seed + 1))(
    'reach nobody after a STOP, with seed %i',
    async (seed) => {
      const next = numbersOf(seed * 7_919);
      const freezing = aFreezing();
      const all = [await near.neighbour(), await near.neighbour(), await near.neighbour(freezing)] as const;
      const [one, other] = all;
      const of = (): Neighbour => (next() < 0.5 ? one : other);
      const watch = await near.watch();
      const phones = [...(await near.phones(120))];
      const taken: Promise<unknown>[] = [];
      const acknowledged: string[] = [];
      const say = (): void => {
        const phone = phones.pop();
        if (phone === undefined) return;
        const to = all[Math.floor(next() * all.length)] ?? one;
        taken.push(
          to.stop(phone).then((outcome) => {
            if (outcome !== 'acknowledged') return;
            acknowledged.push(phone);
            watch.acknowledged(phone);
          }),
        );
      };
      let isFull: Promise<void> | undefined;
      const acts: readonly (() => unknown)[] = [
        () => of().way.silence(),
        () => of().way.speak(),
        () => of().way.slow(Math.floor(next() * 600)),
        () => of().way.slow(0),
        () => {
          freezing.frozenMs = next() < 0.5 ? 0 : Math.floor(next() * 1_200);
        },
        () => {
          isFull ??= fullFor(next() * 1_500).finally(() => {
            isFull = undefined;
          });
        },
        () => {
          const at = path.join(near.root, one.processId);
          if (seed % 3 === 0 && !one.isLost()) renameSync(at, `${at}~${seed.toString(16).padStart(8, '0')}`);
        },
      ];
      const until = performance.now() + STRUCK_MS;
      while (performance.now() < until) {
        say();
        if (next() < 0.12)
          try {
            acts[Math.floor(next() * acts.length)]?.();
          } catch {
            // It was taken over already.
          }
        await pause(next() * 150);
      }
      await isFull;
      freezing.frozenMs = 0;
      for (const { way } of [one, other]) {
        await way.cut();
        way.slow(0);
        way.speak();
        await way.mend();
      }
      await Promise.all(taken);
      const barred = async (phone: string) =>
        (
          await near.world.query('SELECT 1 FROM suppression WHERE phone_index = $1', [
            near.world.keys.phoneIndex(phone),
          ])
        ).length;
      await expect
        .poll(async () => {
          let missing = 0;
          for (const phone of acknowledged) if ((await barred(phone)) === 0) missing += 1;
          return missing;
        })
        .toBe(0);
      expect(acknowledged.length).toBeGreaterThan(5);
      expect(await watch.stop()).toEqual([]);
      for (const neighbour of all) await neighbour.end();
    },
  );
});
