import { readFile } from 'node:fs/promises';
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ClientInterceptors,
  type TLSConfig,
} from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { timeOuts } from '../../workflows/time-outs.ts';
import { CannotStart, type TemporalSettings } from '../platform/index.ts';
import { dataConverterOf } from './data-converter.ts';
import type { PayloadSealer } from './payload-codec.ts';
import { keys } from '../../workflows/search-attribute-keys.ts';

/** A client of Temporal that reconnects by itself. */
export interface Temporal {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  close(): Promise<void>;
}

export interface Way {
  readonly address: string;
  readonly tls?: TLSConfig;
  readonly apiKey?: string;
}

/** Reads the certificates named by the settings. */
export async function wayTo(settings: TemporalSettings): Promise<Way> {
  if (settings.address === undefined)
    throw new CannotStart('TEMPORAL_ADDRESS is not set: give host:port, or use npm start.');
  const tls = settings.tls === undefined ? undefined : await tlsOf(settings.tls);
  return {
    address: settings.address,
    ...(tls === undefined ? {} : { tls }),
    ...(settings.apiKey === undefined ? {} : { apiKey: settings.apiKey }),
  };
}

/** Opens a client; resolves once Temporal answers, and throws within 10 s when it does not. */
export async function openTemporal(
  settings: TemporalSettings,
  sealer: PayloadSealer,
  interceptors: ClientInterceptors = {},
): Promise<Temporal> {
  const connection = await Connection.connect({
    ...(await wayTo(settings)),
    connectTimeout: 10_000,
    // The default is ten attempts, up to 5 s apart: our callers try again themselves, and sooner.
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: 3 }))],
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': 250,
      'grpc.min_reconnect_backoff_ms': 250,
      'grpc.max_reconnect_backoff_ms': timeOuts.reconnectMs,
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5_000,
    },
  });
  const client = new Client({
    connection,
    namespace: settings.namespace,
    dataConverter: dataConverterOf(sealer),
    identity: `bonheure@${process.pid}`,
    interceptors,
  });
  return { client, connection, namespace: settings.namespace, close: () => connection.close() };
}

async function tlsOf(tls: NonNullable<TemporalSettings['tls']>): Promise<TLSConfig> {
  const clientCertPair =
    tls.clientCertFile === undefined || tls.clientKeyFile === undefined
      ? undefined
      : { crt: await pem(tls.clientCertFile), key: await pem(tls.clientKeyFile) };
  return {
    ...(tls.serverName === undefined ? {} : { serverNameOverride: tls.serverName }),
    ...(tls.serverCaFile === undefined ? {} : { serverRootCACertificate: await pem(tls.serverCaFile) }),
    ...(clientCertPair === undefined ? {} : { clientCertPair }),
  };
}

async function pem(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CannotStart(`Cannot read ${file}, which the settings of Temporal's TLS name.`, { cause });
  }
}

/** Makes the search attributes that a namespace lacks; safe to repeat, by several workers at once. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(keys).flatMap(({ name, type }) => {
    const code = encodeSearchAttributeIndexedValueType(type);
    return name in known.customAttributes || code === undefined ? [] : [[name, code] as const];
  });
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing),
  });
}
