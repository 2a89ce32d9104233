import type { Transaction } from '../../platform/index.ts';
import { tenantsAfter } from './tenant.repository.ts';

const PAGE = 500;

/** Yields the ids of all tenants, page by page; `within` gives a transaction for each page. */
export async function* everyTenant(
  within: (work: (tx: Transaction) => Promise<string[]>) => Promise<string[]>,
): AsyncGenerator<string> {
  for (let after: string | undefined; ;) {
    const page = await within((tx) => tenantsAfter(tx, { after, most: PAGE }));
    yield* page;
    after = page.at(-1);
    if (page.length < PAGE) return;
  }
}
