import { z } from 'zod';
import type { Visit } from './visit.ts';
import { listOf } from '../server/schema.ts';
import { bilingual, type Words } from '../../words/index.ts';

/** As many keys as one page of names knows. */
const MOST_KEYS = '500';
const Named = listOf(z.looseObject({ id: z.string(), name: z.string() }));

const NOBODYS: Readonly<Record<string, Words>> = bilingual.consolePages.actors;

/** How an entry's actor is called: a key by its name, for whoever may read the names of keys. */
export async function actorsOf(visit: Visit): Promise<(actor: string) => string> {
  const keys = visit.may('GET /v1/keys')
    ? (await visit.ask('GET /v1/keys', Named, { query: { limit: MOST_KEYS } })).items
    : [];
  const names = new Map(keys.map(({ id, name }) => [`key:${id}`, name]));
  return (actor) => names.get(actor) ?? NOBODYS[actor]?.[visit.language] ?? actor;
}
