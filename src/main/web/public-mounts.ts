import { carrierOf } from './api-accounts.ts';
import type { OptOutTokens } from '../../people/index.ts';
import type { Mounted } from '../../web/server/edge.ts';
import { inboundPort, type ListenedAccount } from '../../web/public/inbound-port.ts';
import { inboundRouter } from '../../web/public/inbound.ts';
import type { OptOutJournal } from '../../web/server/journalled.ts';
import type { InstanceFigures } from '../../web/health/instance-figures.ts';
import { linkPages } from '../../web/public/link-pages.ts';
import type { Metrics } from '../../web/health/metrics.ts';
import { probes } from '../../web/health/probes.ts';
import { publicForms } from '../../web/public/public-form.ts';
import type { ReadinessChecks } from '../../web/health/readiness.ts';
import type { TemporalProbe } from '../../temporal/probe.ts';
import type { HttpProcessParts } from './http-process.ts';
import { secondsSince, type JournalEntry } from '../../platform/index.ts';

/** Mounts what strangers and operators reach: probes, callbacks, forms, links of texts; the same in the api and the public server. */
export function publicMounts(
  { config, database, reserved, clock, vault }: HttpProcessParts,
  given: {
    readonly journal: OptOutJournal;
    readonly metrics: Metrics;
    readonly tokens: OptOutTokens;
    readonly listened: readonly ListenedAccount[];
    /** Given to the api alone: the public server does not depend on it. */
    readonly temporal?: TemporalProbe;
    /** Counts the instance, in the api alone. */
    readonly figures?: (checks: ReadinessChecks) => InstanceFigures;
  },
): readonly Mounted[] {
  const { journal, metrics, tokens, listened, temporal, figures } = given;
  const effective = (entry: JournalEntry): void => metrics.countStop(secondsSince(clock, entry));
  const port = inboundPort({ database, reserved, clock, vault, journal, metrics, effective }, listened);
  const checks = {
    database,
    clock,
    temporal: temporal?.answers,
    conducting: temporal?.conducting,
    journal: journal.doubt,
    journalFault: journal.fault,
  };
  const { trustedProxies, publicUrl, metricsFrom } = config;
  const shown = { figures: figures?.(checks), metricsFrom };
  const pages = { database, vault, clock, trustedProxies };
  return [
    { at: '/', template: '', router: probes(checks, metrics, shown) },
    { at: '/v1/inbound', template: '/v1/inbound/{gateway}/{secret}', router: inboundRouter(port) },
    {
      at: '/f',
      template: '/f/{slug}',
      router: publicForms({ ...pages, publicUrl, accountId: carrierOf(config, listened) }),
    },
    ...linkPages({ ...pages, journal, tokens, effective }),
  ];
}
