import { anchorChain, type AnchorDeps } from './anchor.ts';
import type { Log } from '../../platform/index.ts';
import { everyTenant } from '../../company/index.ts';

const CHAINS = ['consent', 'audit'] as const;

/** Has every chain that grew time-stamped; returns their number, and stops at the first refusal. */
export async function anchorEveryTenant(deps: AnchorDeps, log: Log): Promise<number> {
  let anchored = 0;
  for await (const tenantId of everyTenant((work) => deps.database.outside(work))) {
    for (const chain of CHAINS) {
      const outcome = await anchorChain(deps, tenantId, chain);
      if (outcome.kind === 'refused') {
        log.error({ fault: outcome.fault }, 'the time-stamping authority gave no time stamp');
        return anchored;
      }
      if (outcome.kind === 'anchored') anchored += 1;
    }
  }
  return anchored;
}
