import type { z } from 'zod';
import { Refusal, saidIn } from '../errors.ts';
import { TERRITORIES } from '../law/territory.ts';
import {
  PRACTICE_FIELDS,
  practicePage,
  practicesPage,
  practiceWanted,
  type PracticeField,
  type PracticeForm,
} from '../pages/console-practices.ts';
import { pageAsked } from './console-reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './console-visit.ts';
import { PracticeShown } from './practices.ts';
import { listOf } from './schema.ts';

/** The places where people come. */
export const practicePages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/practices', work: (visit) => list(visit) },
  { method: 'post', path: '/practices', work: making },
  { method: 'get', path: '/practices/:id', work: show },
  { method: 'post', path: '/practices/:id', from: '/practices/:id', work: changing },
];

const [PUT, GET] = ['PUT /v1/practices/{externalId}', 'GET /v1/practices/{externalId}'];

type Shown = z.output<typeof PracticeShown>;
type Errors = PracticeForm['errors'];

const formOf = (values: PracticeForm['values'], errors: Errors = {}): PracticeForm => ({
  values,
  errors,
  territories: TERRITORIES,
});

async function list(visit: Visit, form = formOf({}), status = 200): Promise<void> {
  visit.needs(PUT);
  const found = await visit.ask('GET /v1/practices', listOf(PracticeShown), { query: pageAsked(visit) });
  visit.show(practicesPage(visit.language, { ...found, form }), status);
}

async function show(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const id = visit.param('id');
  const { externalId: _, ...practice } = await visit.ask(GET, PracticeShown, { params: { externalId: id } });
  const form = formOf(practice);
  visit.show(practicePage(visit.language, { id, form, isSaved: visit.asked('saved') !== undefined }));
}

/** An identifier that is taken is no practice to be replaced. */
async function making(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const id = visit.said('id');
  const isTaken = id !== undefined && (await known(visit, id)) !== undefined;
  const errors = isTaken
    ? { id: practiceWanted('taken', visit.language) }
    : await put(visit, id, bodyOf(visit));
  if (errors !== undefined) return list(visit, formOf(saidBy(visit), errors), 422);
  visit.goTo('/practices');
}

async function changing(visit: Visit): Promise<void> {
  visit.needs(PUT);
  const id = visit.param('id');
  const before = await visit.ask(GET, PracticeShown, { params: { externalId: id } });
  const errors = await put(visit, id, { ...keptOf(before), ...bodyOf(visit) });
  if (errors === undefined) return visit.goTo(`/practices/${encodeURIComponent(id)}?saved=1`);
  const form = formOf(saidBy(visit), errors);
  visit.show(practicePage(visit.language, { id, form, isSaved: false }), 422);
}

/** What the page does not show stays as it is. */
const keptOf = ({ name, displayName, brandId, sector }: Shown): Partial<Shown> => ({
  ...(displayName === name ? {} : { displayName }),
  ...(brandId === undefined ? {} : { brandId }),
  ...(sector === undefined ? {} : { sector }),
});

const saidBy = (visit: Visit): PracticeForm['values'] =>
  Object.fromEntries(PRACTICE_FIELDS.flatMap((name) => [[name, visit.said(name) ?? '']]));

const bodyOf = (visit: Visit): Readonly<Record<string, string>> =>
  Object.fromEntries(
    PRACTICE_FIELDS.flatMap((name) => {
      const said = name === 'id' ? undefined : visit.said(name);
      return said === undefined ? [] : [[name, said]];
    }),
  );

const known = (visit: Visit, externalId: string): Promise<Shown | undefined> =>
  visit.ask(GET, PracticeShown, { params: { externalId } }).catch((error: unknown) => {
    if (error instanceof Refusal && error.status < 500) return undefined;
    throw error;
  });

/** Puts the practice; what is to be put right, at its fields, and nothing when it was taken. */
async function put(
  visit: Visit,
  externalId: string | undefined,
  body: Readonly<Record<string, unknown>>,
): Promise<Errors | undefined> {
  const missing: PracticeField[] = [];
  if (externalId === undefined) missing.push('id');
  if (!('name' in body)) missing.push('name');
  if (externalId === undefined || missing.length > 0)
    return Object.fromEntries(missing.map((name) => [name, wanted(visit, name)]));
  try {
    await visit.order(PUT, { params: { externalId }, body });
    return undefined;
  } catch (error) {
    const errors = error instanceof Refusal ? errorsIn(visit, error) : {};
    if (Object.keys(errors).length === 0) throw error;
    return errors;
  }
}

/** What the API says of a field that it does not understand is for programs. */
function errorsIn(visit: Visit, { code, details }: Refusal): Errors {
  if (code === 'TIME_ZONE_CONTRADICTS') return { timeZone: practiceWanted('contradicts', visit.language) };
  const located = saidIn(details.errors ?? [], visit.language).flatMap(({ pointer, message }) => {
    const name = fieldAt(pointer);
    if (name === undefined) return [];
    return [[name, code === 'INVALID_REQUEST' ? wanted(visit, name) : message]];
  });
  return Object.fromEntries(located);
}

const wanted = (visit: Visit, name: PracticeField): string => practiceWanted(name, visit.language);

/** The name that recipients read is the name, where no other was given. */
function fieldAt(pointer: string): PracticeField | undefined {
  const name = pointer.split('/')[1] ?? '';
  if (name === 'displayName') return 'name';
  return name === 'externalId' ? 'id' : PRACTICE_FIELDS.find((one) => one === name);
}
