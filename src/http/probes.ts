import { Router } from 'express';
import { readHousekeeping } from '../database/instance.repository.ts';
import { Refusal } from '../errors.ts';
import type { Metrics } from './metrics.ts';
import { lookAtParts, type Premises } from './readiness.ts';
import { nameRoute } from './request-log.ts';

/** What those who run it ask: does it live, is it ready, how does it fare. */
export function probes(premises: Premises, metrics: Metrics): Router {
  return Router()
    .get('/healthz', (_, res) => {
      nameRoute(res, '/healthz');
      res.json({ status: 'ok' });
    })
    .get('/readyz', async (_, res) => {
      nameRoute(res, '/readyz');
      const parts = await lookAtParts(premises);
      const failing = Object.entries(parts).filter(([, state]) => state !== 'ok');
      if (failing.length === 0) {
        res.json({ status: 'ready', parts });
        return;
      }
      const detail = failing.map(([part, state]) => `${part}: ${state}`).join(' ');
      throw new Refusal(isSealed(parts) ? 'SEALED' : 'NOT_READY', { detail, parts });
    })
    .get('/metrics', async (_, res) => {
      nameRoute(res, '/metrics');
      await gaugeHouse(premises, metrics);
      res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    });
}

/** Without a database the gauges keep what was last known. */
async function gaugeHouse({ database }: Premises, metrics: Metrics): Promise<void> {
  const house = await database.outside(readHousekeeping).catch(() => undefined);
  if (house !== undefined) metrics.kept(house);
}

const isSealed = ({ database, seal }: { readonly database: string; readonly seal: string }): boolean =>
  database === 'ok' && seal !== 'ok';
