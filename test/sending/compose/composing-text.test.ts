import { describe, expect, it } from 'vitest';
import {
  writtenBy,
  type Composed,
  type Composer,
  ReadyPage,
} from '../../../src/sending/compose/composing-text.ts';
import { CiphertextRefused } from '../../../src/crypto/cipher.ts';
import type { ReadyRow } from '../../../src/sending/batch/page.repository.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { aScriptedWorld } from '../pace/scripted-world.ts';

const s = await aScriptedWorld({ freeSlots: 10 });
await s.calm();

const HOME = { territory: 'FR', timeZone: 'Europe/Paris' };

const aRow = (seq: number, place: Partial<typeof HOME> | null = HOME): ReadyRow => ({
  seq,
  contactId: place === null ? null : `c${seq}`,
  territory: place?.territory ?? null,
  timeZone: place?.timeZone ?? null,
  sealed: null,
  wrapped: null,
  numberVersion: 1,
});

/** A composer that writes each row's number; the data of the seventh row are unreadable. */
const plain: Composer = {
  compose: ({ seq }): Composed => {
    if (seq === 7) throw new CiphertextRefused('unreadable');
    return { kind: 'text', to: `+3360000${seq}`, sender: 'S', text: `${seq}`, parts: 1, encoding: 'GSM-7' };
  },
};

describe('a page that is ready', () => {
  it('groups people by where they are now', () => {
    const rows = [aRow(0), aRow(1, { territory: 'RE', timeZone: 'Indian/Reunion' }), aRow(2), aRow(3, null)];
    const page = new ReadyPage({ composer: plain, keys: s.world.keys, run: HOME }, rows);
    expect(page.places.map(({ territory, rows: here }) => [territory, here.map(({ seq }) => seq)])).toEqual([
      ['FR', [0, 2, 3]],
      ['RE', [1]],
    ]);
  });

  it('hides no fault of ours', async () => {
    const broken: Composer = {
      compose: () => {
        throw new TypeError('a fault of ours');
      },
    };
    const [place] = new ReadyPage({ composer: broken, keys: s.world.keys, run: HOME }, [aRow(1)]).places;
    await expect(place?.prepared()).rejects.toThrow(TypeError);
  });

  it('gives each person their own text', async () => {
    const rows = Array.from({ length: 10 }, (_, seq) => aRow(seq));
    const beside: Composer = {
      ...plain,
      composeAll: (all) => Promise.resolve(all.map((row) => writtenBy(plain, s.world.keys, row))),
    };
    for (const composer of [plain, beside]) {
      const [place] = new ReadyPage({ composer, keys: s.world.keys, run: HOME }, rows).places;
      const prepared = (await place?.prepared()) ?? [];
      expect(prepared.map(({ row }) => row.seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9]);
      for (const { row, composed, digest } of prepared) {
        expect(composed).toMatchObject({ to: `+3360000${row.seq}`, text: `${row.seq}` });
        expect(digest).toEqual(s.world.keys.digest(`${row.seq}`));
      }
    }
  });
});

describe('texts that are made beside', () => {
  /** A composer that counts the texts it made. */
  const counting = async (batchId: string, asked: number[], clock = s.world.deps.clock) => {
    const { deps } = s.world;
    return s.send(batchId, {
      deps: {
        ...deps,
        clock,
        composerOf: async (run, account) => {
          const here = await deps.composerOf(run, account);
          return {
            compose: (row) => here.compose(row),
            composeAll: (rows) => {
              asked.push(rows.length);
              return Promise.resolve(rows.map((row) => writtenBy(here, s.world.keys, row)));
            },
          };
        },
      },
    });
  };

  it('leave page after page, each made once', async () => {
    const batchId = await s.world.shard(620);
    const asked: number[] = [];
    expect(await counting(batchId, asked)).toMatchObject({ kind: 'done' });
    expect(asked).toEqual([500, 120]);
    expect(await s.world.states(batchId)).toEqual({ accepted: 620 });
  });

  it('are made for nobody at night', async () => {
    const batchId = await s.world.shard(620);
    const asked: number[] = [];
    const night = new ShiftedClock().startAt('2026-11-24T22:00:00+01:00');
    expect(await counting(batchId, asked, night)).toMatchObject({ kind: 'wait' });
    expect(asked).toEqual([]);
  });
});
