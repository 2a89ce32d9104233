import type { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import { TERRITORIES } from '../../law/index.ts';
import type { MonthOfCost } from '../../sending/index.ts';
import { PRACTICE_FIELDS, practicePage, practicesPage, PRACTICE_TAKEN } from './practices-page.ts';
import { pageAsked } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { CostsShown } from '../api/messages/costs.ts';
import { PracticeShown } from '../api/company/practices.ts';
import { listOf } from '../server/schema.ts';
import type { Said } from '../../words/index.ts';

/** The places where people come. */
export const practicePages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/practices', work: list },
  { method: 'post', path: '/practices', work: making, fieldOf },
  { method: 'get', path: '/practices/:id', work: show },
  { method: 'post', path: '/practices/:id', from: '/practices/:id', work: changing, fieldOf },
];

const [PUT, GET] = ['PUT /v1/practices/{externalId}', 'GET /v1/practices/{externalId}'];

type Shown = z.output<typeof PracticeShown>;

async function list(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const found = await visit.ask('GET /v1/practices', listOf(PracticeShown), { query: pageAsked(visit) });
  visit.show(practicesPage(visit.language, { ...found, territories: TERRITORIES }));
}

async function show(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const id = visit.param('id');
  const values = await visit.ask(GET, PracticeShown, { params: { externalId: id } });
  const costs = await costsOf(visit, id);
  const isSaved = visit.asked('saved') !== undefined;
  visit.show(practicePage(visit.language, { id, values, costs, territories: TERRITORIES, isSaved }));
}

/** The last months, for whoever may read them. */
async function costsOf(visit: Visit, practice: string): Promise<readonly MonthOfCost[] | undefined> {
  const name = 'GET /v1/reports/costs';
  if (!visit.may(name)) return undefined;
  return (await visit.ask(name, CostsShown, { query: { practice } })).months;
}

const LONGEST_ID = 200;

/** An identifier that is taken is no practice to be replaced. */
async function making(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const externalId = visit.said('id');
  if (externalId === undefined || externalId.length > LONGEST_ID) throw at('/id', 'of 1 to 200 characters');
  if (await isKnown(visit, externalId)) throw at('/id', PRACTICE_TAKEN);
  await visit.order(PUT, { params: { externalId }, body: bodyOf(visit) });
  visit.goTo('/practices');
}

const at = (pointer: string, message: Said): Refusal =>
  new Refusal('INVALID_REQUEST', { errors: [{ in: 'body', pointer, message }] });

async function changing(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const externalId = visit.param('id');
  const params = { externalId };
  const before = await visit.ask(GET, PracticeShown, { params });
  await visit.order(PUT, { params, body: { ...keptOf(before), ...bodyOf(visit) } });
  visit.goTo(`/practices/${encodeURIComponent(externalId)}?saved=1`);
}

/** What the page does not show stays as it is. */
const keptOf = ({ name, displayName, brandId, sector, goodFriday }: Shown): Partial<Shown> => ({
  ...(goodFriday === undefined ? {} : { goodFriday }),
  ...(displayName === name ? {} : { displayName }),
  ...(brandId === undefined ? {} : { brandId }),
  ...(sector === undefined ? {} : { sector }),
});

const bodyOf = (visit: Visit): Readonly<Record<string, string>> =>
  Object.fromEntries(
    PRACTICE_FIELDS.flatMap((name) => {
      const said = name === 'id' ? undefined : visit.said(name);
      return said === undefined ? [] : [[name, said]];
    }),
  );

const isKnown = async (visit: Visit, externalId: string): Promise<boolean> => {
  try {
    await visit.order(GET, { params: { externalId } });
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.status < 500) return false;
    throw error;
  }
};

/** The name that recipients read is the name, where no other was given. */
function fieldOf(pointer: string): string | undefined {
  if (pointer === '/displayName') return 'name';
  return pointer === '/externalId' ? 'id' : undefined;
}
