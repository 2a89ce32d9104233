import { figuresPage } from './figures-page.ts';
import { PURPOSES } from '../../company/index.ts';
import { readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import { CostsShown } from '../api/messages/costs.ts';
import type { Visit } from './visit.ts';
import { SendsShown } from '../api/messages/sends.ts';

/** Figures to look at. */
export const figurePages: readonly ConsoleRoute[] = [{ method: 'get', path: '/figures', work: figures }];

const MONTH_LENGTH = 'YYYY-MM'.length;

async function figures(visit: Visit): Promise<void> {
  const query = Object.fromEntries(
    ['purpose', 'from', 'to'].flatMap((name) => {
      const value = visit.asked(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const seen = await visit.ask('GET /v1/reports/sends', SendsShown, { query });
  // The API refuses the others to a marketer.
  const purposes = visit.caller.role === 'marketer' ? ['marketing'] : PURPOSES;
  const costs = await visit.ask('GET /v1/reports/costs', CostsShown, {
    query: {
      purpose: seen.purpose,
      from: seen.from.slice(0, MONTH_LENGTH),
      to: seen.to.slice(0, MONTH_LENGTH),
    },
  });
  visit.show(figuresPage(readingOf(visit), { ...seen, costs: costs.months }, purposes));
}
