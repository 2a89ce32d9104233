import { z } from 'zod';
import type { Visit } from './visit.ts';
import { listOf } from '../server/schema.ts';
import { bilingual, type Words } from '../../words/index.ts';

/** The number of keys in one page of names. */
const MOST_KEYS = '500';
const Named = listOf(z.looseObject({ id: z.string(), name: z.string() }));

const NOBODYS: Readonly<Record<string, Words>> = bilingual.consolePages.actors;

/** Returns the display name of an entry's actor: a key's name, for readers who may see it. */
export async function actorsOf(visit: Visit): Promise<(actor: string) => string> {
  const keys = visit.may('GET /v1/keys')
    ? (await visit.ask('GET /v1/keys', Named, { query: { limit: MOST_KEYS } })).items
    : [];
  const names = new Map(keys.map(({ id, name }) => [`key:${id}`, name]));
  return (actor) => names.get(actor) ?? NOBODYS[actor]?.[visit.language] ?? actor;
}
