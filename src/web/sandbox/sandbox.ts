import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Router, type Request, type Response } from 'express';
import { DateTime } from 'luxon';
import {
  clockRoutes,
  SandboxOperator,
  accountRoutes,
  sandboxRoutes,
  onThisMachine,
} from '../../gateways/index.ts';
import { defaultProfile, windows } from '../../law/index.ts';
import { localityAmong, localDate } from '../../rule/index.ts';
import { nextDue } from '../../operations/index.ts';
import {
  type Clock,
  type ProcessClock,
  type Database,
  moveClock,
  readClock,
  Refusal,
} from '../../platform/index.ts';
import { priceAt, type GatewayAccount } from '../../settings/index.ts';
import { code, dataFor, html, inLines, type Html } from '../../base/index.ts';
import type { VersionedKey } from '../../crypto/index.ts';
import { measure, readPhone } from '../../sms/index.ts';
import { wordsIn, type Catalogue, type Language } from '../../words/index.ts';
import { scriptPolicy, sendHtml } from '../page/page.ts';
import type { Mounted } from '../server/edge.ts';

interface SandboxPlace {
  readonly dataFolder: string;
  readonly key: VersionedKey;
  readonly clock: Clock;
  /** The accounts of the sandbox, with their prices. */
  readonly gateways: readonly Pick<GatewayAccount, 'name' | 'price'>[];
  /** Returns the inbound address of its account, with the secret. */
  readonly webhookUrl: () => string;
}

/** Opens the sandbox's operator, whose log survives a restart. */
export async function openSandbox(place: SandboxPlace): Promise<SandboxOperator> {
  const folder = path.join(place.dataFolder, 'sandbox');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return SandboxOperator.open({
    logPath: path.join(folder, 'operator.log'),
    key: place.key.key,
    clock: place.clock,
    count: (text) => {
      const { encoding, parts } = measure(text);
      return { encoding, parts };
    },
    priceOf: (name, to) => priceOf(place.gateways.find((one) => one.name === name) ?? {}, to),
    webhookUrl: place.webhookUrl,
  });
}

/** Returns the price of a part to a number, by the territory of the numbering plan, as operators charge. */
function priceOf(account: Pick<GatewayAccount, 'price'>, to: string): ReturnType<typeof priceAt> {
  if (account.price?.byTerritory === undefined) return account.price;
  const line = readPhone(to);
  return priceAt(account, ('territories' in line ? line.territories[0] : undefined) ?? 'FR');
}

/** Returns the mounts of `/sandbox`: the clock if it may move, and the handsets if there is an operator. */
export function sandboxMounts(
  clock: LawClock | undefined,
  operator: SandboxOperator | undefined,
  { forPeople }: { readonly forPeople: boolean },
): readonly Mounted[] {
  const at = '/sandbox';
  const template = '/sandbox/*';
  if (!forPeople) return operator === undefined ? [] : [{ at, template, router: accountRoutes(operator) }];
  return [
    ...(clock === undefined
      ? []
      : [
          { at, template: '/sandbox/clock', router: clockRoutes(clock) },
          { at, template, router: agendaRoutes(clock) },
        ]),
    ...(operator === undefined
      ? []
      : [
          { at, template: '/sandbox', router: sandboxPage() },
          { at, template, router: sandboxRoutes(operator) },
        ]),
  ];
}

type SandboxWords = Catalogue['publicPages']['sandbox'];

const asset = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const style = asset('./sandbox.css');
const scripts = [
  '../console/reader.client.js',
  './sandbox-calendar.client.js',
  './sandbox-reply.client.js',
  './sandbox.client.js',
].map(asset);

/** Serves the page of handsets, on which people read, reply, and move the law clock. Mounted at `/sandbox`. */
export function sandboxPage(): Router {
  return Router().get('/', onThisMachine, (request, response) => {
    showPage(request, response);
  });
}

function showPage(request: Request, response: Response): void {
  const language = languageOf(request);
  const nonce = randomBytes(16).toString('base64');
  response
    .set('content-security-policy', scriptPolicy(nonce))
    .set('cache-control', 'no-store')
    .set('referrer-policy', 'no-referrer');
  sendHtml(response, page(language, nonce));
}

/** Returns the language of `?lang=`, or that of the browser, or French. */
function languageOf(request: Request): Language {
  const asked = request.query['lang'];
  if (asked === 'fr' || asked === 'en') return asked;
  return request.acceptsLanguages('fr', 'en') === 'en' ? 'en' : 'fr';
}

function page(language: Language, nonce: string): Html {
  const words: SandboxWords = wordsIn(language).publicPages.sandbox;
  const other = language === 'fr' ? 'en' : 'fr';
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title} · Bonheure</title>
${code('style', { nonce }, style)}
</head>
<body>
<header>
  <div>
    <h1>${words.title}</h1>
    <p>${words.lead}</p>
    <nav><a href="?lang=${other}" lang="${other}">${words.language}</a><a href="/sandbox/log">${words.log}</a></nav>
  </div>
  ${clockPart(words)}
</header>
<div class="bar" role="search">
  <form id="open" class="row">
    <input type="tel" list="numbers" aria-label="${words.open}" placeholder="${words.openHint}" autocomplete="off">
    <datalist id="numbers"></datalist>
    <button>${words.open}</button>
  </form>
  <p id="said" role="status"></p>
</div>
<main><p class="empty">${words.none}</p></main>
${phone(words)}
${dataFor({ nonce, type: 'application/json', id: 'words' }, { words, language })}
${inLines(scripts.map((script) => code('script', { nonce, type: 'module' }, script)))}
</body>
</html>
`;
}

function clockPart(words: SandboxWords): Html {
  return html`<section class="clock" aria-label="${words.clock}" hidden>
    <div><time id="hour">--:--</time></div>
    <div class="row"><span id="date"></span><strong id="moved" class="moved" hidden></strong></div>
    <div class="row">
      <button type="button" data-jump="evening">${words.evening}</button>
      <button type="button" data-jump="monday">${words.monday}</button>
      <button type="button" data-jump="hour">${words.hour}</button>
      <button type="button" data-jump="day">${words.day}</button>
      <button type="button" data-jump="next">${words.next}</button>
      <button type="button" data-jump="real">${words.real}</button>
    </div>
    <form id="jump" class="row">
      <input type="datetime-local" aria-label="${words.jumpTo}" required>
      <button>${words.jump}</button>
    </form>
  </section>`;
}

function phone(words: SandboxWords): Html {
  return html`<template id="phone"><article class="phone">
  <header><h2></h2><button type="button" data-close aria-label="${words.close}">×</button></header>
  <p class="state"></p>
  <ol class="strip" aria-label="${words.calendar}"></ol>
  <div class="talk" role="log" aria-live="polite" aria-label="${words.talk}" tabindex="0"><ol></ol></div>
  <form>
    <div class="row quick" role="group" aria-label="${words.quick}">
      <button type="button" data-quick>STOP</button>
      <button type="button" data-quick>CONTACT</button>
      <button type="button" data-quick>${words.confirm}</button>
      <select aria-label="${words.to}"></select>
    </div>
    <div class="row">
      <input type="text" aria-label="${words.reply}" placeholder="${words.replyHint}" autocomplete="off" maxlength="1600">
      <button type="submit">${words.send}</button>
    </div>
    <p class="goes" aria-live="polite"></p>
  </form>
</article></template>`;
}

const DAYS = 14;

/**
 * Serves the open and closed hours of a phone, and the next moment at which something is due. Mounted at `/sandbox`,
 * before the handsets.
 */
export function agendaRoutes(
  clock: Pick<LawClock, 'next'> & { now(): Promise<{ readonly now: string }> },
): Router {
  return Router()
    .get('/clock/next', onThisMachine, async (_request, response) => {
      response.json({ at: (await clock.next()) ?? null });
    })
    .get('/handsets/:number/calendar', onThisMachine, async (request, response) => {
      const { now } = await clock.now();
      response.json(
        calendarOf(String(request.params['number']), DateTime.fromISO(now), calendarLanguage(request)),
      );
    });
}

const calendarLanguage = (request: Request): Language => (request.query['lang'] === 'en' ? 'en' : 'fr');

/** Returns the hours for advertising, which are the strictest; none for a number outside of France. */
function calendarOf(number: string, now: DateTime, language: Language) {
  const phoneNumber = readPhone(`+${number.replace(/\D/g, '')}`);
  const [first, ...others] = 'territories' in phoneNumber ? phoneNumber.territories : [];
  if (first === undefined) return { territory: null, timeZone: null, days: [] };
  const locality = localityAmong([first, ...others]);
  const today = now.setZone(locality.timeZone);
  const stretch = { from: today, to: today.plus({ days: DAYS - 1 }) };
  const found = windows({ profile: defaultProfile('marketing'), locality, language, ...stretch });
  const open = found.windows.map(({ opensAt, closesAt }) => ({
    on: localDate(opensAt),
    opensAt: opensAt.toFormat('HH:mm'),
    closesAt: closesAt.toFormat('HH:mm'),
  }));
  const closed = found.closed.map(({ on, because }) => ({
    on,
    because: because.map(({ text }) => text).join(', '),
  }));
  const days = [...open, ...closed].sort((a, b) => a.on.localeCompare(b.on));
  return { territory: locality.territory, timeZone: locality.timeZone, days };
}

/** The law clock, as the sandbox shows and moves it. */
interface LawClock {
  now(): Promise<{ readonly now: string; readonly offsetMs: number }>;
  move(to: string): Promise<void>;
  /** Returns the next moment at which a campaign or series is due; undefined when none waits. */
  next(): Promise<string | undefined>;
}

/** Returns the law clock of all processes; it refuses to move unless `movable` is true. */
export function lawClock(database: Database, clock: ProcessClock, movable: boolean): LawClock {
  return {
    now: async () => {
      const reading = await database.outside((tx) => clock.follow(() => readClock(tx)));
      return { now: clock.now().toISO(), offsetMs: reading.offsetMs };
    },
    move: async (to) => {
      if (!movable) throw new Refusal('CLOCK_NOT_MOVABLE');
      const toMs = DateTime.fromISO(to, { setZone: true }).toMillis();
      if (!Number.isSafeInteger(toMs)) throw new Refusal('DATE_INVALID');
      await moveClock(database, {
        toMs,
        machine: () => clock.machine(),
        follow: (read) => clock.follow(read),
      });
    },
    next: () => nextDue(database, clock.now()),
  };
}
