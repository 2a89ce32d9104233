import { z } from 'zod';
import { AGREED, agreementsPage } from './agreements-page.ts';
import { closeFormAsked } from './sure-words.ts';
import { pageAsked, readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { FormView } from '../api/people/form-schema.ts';
import { listOf } from '../server/schema.ts';
import { WordingShown } from '../api/people/wordings.ts';

/** What people agree to, and the forms on which they do. */
export const agreementPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/agreements', work: show },
  { method: 'post', path: '/agreements/wordings', from: '/agreements', work: keeping },
  { method: 'post', path: '/agreements/forms', from: '/agreements', work: publishing, fieldOf },
  { method: 'post', path: '/agreements/forms/:id/closing', from: '/agreements', work: closing },
];

/** A box is made from one choice. */
function fieldOf(pointer: string, typed: Readonly<Record<string, string>>): string | undefined {
  const [first, place = '0'] = pointer.split('/').slice(1);
  if (first !== 'purposes') return undefined;
  const chosen = AGREED.filter((purpose) => (typed[`box-${purpose}`] ?? '') !== '');
  return `box-${chosen[Number(place)] ?? AGREED[0]}`;
}

const Company = z.looseObject({ legalName: z.string() });
/** A form is made of the wordings on the page. */
const MOST = '200';

async function show(visit: Visit): Promise<void> {
  const asked = pageAsked(visit, 50);
  const isOfWordings = visit.asked('of') === 'wordings';
  const forms = await visit.ask('GET /v1/forms', listOf(FormView), {
    query: isOfWordings ? { limit: '50' } : asked,
  });
  const wordings = await visit.ask('GET /v1/wordings', listOf(WordingShown), {
    query: isOfWordings ? { ...asked, limit: MOST } : { limit: MOST },
  });
  const { legalName } = await visit.ask('GET /v1/tenant', Company);
  visit.show(
    agreementsPage(readingOf(visit), {
      forms: forms.items,
      nextForms: forms.next,
      wordings: wordings.items,
      nextWordings: wordings.next,
      company: legalName,
      mayPublish: visit.may('POST /v1/forms'),
    }),
  );
}

async function keeping(visit: Visit): Promise<void> {
  const body = { purpose: visit.said('purpose'), text: visit.said('text'), locale: visit.language };
  await visit.order('POST /v1/wordings', { body });
  visit.goTo('/agreements');
}

async function publishing(visit: Visit): Promise<void> {
  const purposes = AGREED.flatMap((purpose) => {
    const wordingId = visit.said(`box-${purpose}`);
    return wordingId === undefined ? [] : [{ purpose, wordingId }];
  });
  const body = {
    slug: visit.said('slug'),
    title: visit.said('title'),
    company: visit.said('company'),
    confirm: visit.said('confirm'),
    purposes,
  };
  await visit.order('POST /v1/forms', { body });
  visit.goTo('/agreements');
}

async function closing(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  if (!visit.isSure) {
    visit.needs('POST /v1/forms/{id}/closing');
    visit.askFirst(
      closeFormAsked(await visit.ask('GET /v1/forms/{id}', FormView, { params }), visit.language),
    );
    return;
  }
  await visit.order('POST /v1/forms/{id}/closing', { params });
  visit.goTo('/agreements');
}
