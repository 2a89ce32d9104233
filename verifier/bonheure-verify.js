#!/usr/bin/env node
// Verifies an evidence file of Bonheure offline; shares no code with the program that made it.
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';

const USAGE = `Usage: bonheure-verify FILE.zip [--ca authority.pem] [--key hexadecimal]
Exit status: 0 it holds, 1 altered (altered: <file> byte <n>, counted from 0), 2 unreadable.
`;
const HOLDERS = ['manifest.json', 'signature.json', 'copy.bin'];
const MOST_BYTES = 512 * 1024 * 1024;
/** A head is stamped each hour: an event that waited longer for its first stamp is pointed at. */
const LATE_MS = 26 * 3_600_000;

class Unreadable extends Error {}

class Altered extends Error {
  constructor(file, byte, why) {
    super(why);
    this.file = file;
    this.byte = byte;
  }
}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const hex = (...parts) => sha256(...parts).toString('hex');

/** The members of a zip by name, whoever packed it. */
function unzip(zip) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
  if (end < 0 || end + 22 > zip.length) throw new Unreadable('this is no zip');
  const members = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== 0x02014b50)
      throw new Unreadable('its directory is broken');
    const [name, more, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const title = zip.toString('utf8', at + 46, at + 46 + name);
    if (members.has(title)) throw new Altered(title, 0, 'this file is there twice');
    if (!title.endsWith('/')) members.set(title, member(zip, at));
    at += 46 + name + more + comment;
  }
  return members;
}

function member(zip, at) {
  const [packed, size, local] = [20, 24, 42].map((offset) => zip.readUInt32LE(at + offset));
  if (local + 30 > zip.length || zip.readUInt32LE(local) !== 0x04034b50)
    throw new Unreadable('a file of it is broken');
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  if (start + packed > zip.length || size > MOST_BYTES) throw new Unreadable('a file of it is cut off');
  const bytes = zip.subarray(start, start + packed);
  const method = zip.readUInt16LE(at + 10);
  if (method === 0) return bytes;
  if (method !== 8) throw new Unreadable('it is packed in a way that is not known');
  return inflateRawSync(bytes, { maxOutputLength: MOST_BYTES });
}

/** The first byte in which two differ. */
function firstDifference(one, other) {
  const most = Math.min(one.length, other.length);
  for (let at = 0; at < most; at += 1) if (one[at] !== other[at]) return at;
  return most;
}

/** What the copy says the files were, as far as it can be read. */
function copied(copy) {
  const files = new Map();
  for (let at = 0; at < copy.length;) {
    const line = copy.indexOf(10, at);
    const head = /^([\w.-]{1,80}) (\d{1,10})$/.exec(copy.toString('latin1', at, Math.max(at, line)));
    if (head === null) return files;
    at = line + 1 + Number(head[2]);
    files.set(head[1], copy.subarray(line + 1, at));
  }
  return files;
}

const parsed = (bytes) => {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
};

const isSigned = (manifest, signature) => {
  try {
    const spki = Buffer.from(`302a300506032b6570032100${signature.key}`, 'hex');
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return verify(null, manifest, key, Buffer.from(signature.signature, 'hex'));
  } catch {
    return false;
  }
};

/** The first byte in which a file differs from its copy; 0 when the copy does not tell. */
function placeIn(members, copies, name) {
  const [now, then] = [members.get(name), copies.get(name)];
  return now === undefined || then === undefined || now.equals(then) ? 0 : firstDifference(now, then);
}

/** A signature is one line, and written in one way. */
const signatureLine = ({ key, signature }) =>
  Buffer.from(`{"algorithm":"Ed25519","key":"${key}","signature":"${signature}"}\n`);

/** The manifest and who signed it; when the signature does not fit, the copy tells which of the two was altered. */
function readManifest(members, copies) {
  const [told, line] = ['manifest.json', 'signature.json'].map((name) => members.get(name));
  const [manifest, signature] = [parsed(told), parsed(line)];
  const signed = isSigned(told, signature);
  if (signed && !signatureLine(signature).equals(line))
    throw new Altered(
      'signature.json',
      firstDifference(signatureLine(signature), line),
      'it was written over',
    );
  for (const name of signed ? [] : ['manifest.json', 'signature.json']) {
    const then = copies.get(name);
    if (then !== undefined && !then.equals(members.get(name)))
      throw new Altered(name, placeIn(members, copies, name), 'it is not the one that was made');
  }
  if (!Array.isArray(manifest?.files) || !Array.isArray(manifest.events))
    throw new Altered('manifest.json', 0, 'the manifest cannot be read');
  if (manifest.format !== 'bonheure-evidence/1') throw new Unreadable('its format is not known');
  return { manifest, signed, key: signature?.key };
}

/** Every file is as the manifest says; names the first byte that is not. */
function verifyBytes(members) {
  for (const name of HOLDERS) if (!members.has(name)) throw new Altered(name, 0, 'this file is gone');
  const copies = copied(members.get('copy.bin'));
  const file = readManifest(members, copies);
  const names = file.manifest.files.map(({ name }) => name);
  for (const { name, sha256: digest } of file.manifest.files) {
    const bytes = members.get(name);
    if (bytes === undefined) throw new Altered(name, 0, 'this file is gone');
    if (hex(bytes) !== digest)
      throw new Altered(name, placeIn(members, copies, name), 'its bytes are not those of the manifest');
  }
  const strange = [...members.keys()].find((name) => ![...HOLDERS, ...names].includes(name));
  if (strange !== undefined) throw new Altered(strange, 0, 'this file was put in');
  const order = ['manifest.json', 'signature.json', ...names];
  const copy = Buffer.concat(
    order.flatMap((name) => [Buffer.from(`${name} ${members.get(name).length}\n`), members.get(name)]),
  );
  if (file.signed && !copy.equals(members.get('copy.bin')))
    throw new Altered(
      'copy.bin',
      firstDifference(copy, members.get('copy.bin')),
      'it is no copy of the files',
    );
  return { ...file, order: [...order, 'copy.bin'] };
}

/** The lines of a file, each with the byte where it begins. */
function linesOf(members, name) {
  const lines = [];
  const bytes = members.get(name) ?? Buffer.alloc(0);
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at) < 0 ? bytes.length : bytes.indexOf(10, at);
    const value = parsed(bytes.subarray(at, end));
    if (value === undefined || value === null) throw new Altered(name, at, 'this line is no JSON');
    lines.push({
      ...value,
      fail: (
        (byte) => (why) =>
          new Altered(name, byte, why)
      )(at),
    });
    at = end + 1;
  }
  return lines;
}

const COLUMNS =
  'id contactId purpose kind basis method channel wordingId proof occurredAt recordedAt actor barred proofDigest simulated'.split(
    ' ',
  );

/** Digests, hashes and order of the events; then their proofs and the words they cite. */
function verifyEvents(members, manifest) {
  const events = linesOf(members, 'events.jsonl');
  let before;
  for (const [index, line] of events.entries()) {
    const listed = manifest.events[index]?.id;
    const { id } = line.event;
    if (id !== listed)
      throw line.fail(`event ${listed ?? id} was ${listed === undefined ? 'inserted' : 'removed or moved'}`);
    const columns = [manifest.tenant.id, ...COLUMNS.map((name) => line.event[name])];
    if (hex(JSON.stringify(columns)) !== line.digest)
      throw line.fail(`event ${id} was altered: it has another digest`);
    if (line.position === null) continue;
    verifyLink(line, before);
    before = line;
  }
  const gone = manifest.events[events.length];
  if (gone !== undefined)
    throw new Altered('events.jsonl', members.get('events.jsonl').length, `event ${gone.id} was removed`);
  verifyProofs(members, events);
  for (const name of ['wordings.jsonl', 'forms.jsonl'])
    for (const { text: words, sha256: digest, fail } of linesOf(members, name))
      if (hex(words) !== digest) throw fail('these words have another fingerprint');
  return events;
}

function verifyLink({ event, digest, position, previousHash, hash, fail }, before) {
  if (hex([previousHash, position, event.id, digest].join('|')) !== hash)
    throw fail(`link ${position} was altered: it has another hash`);
  if (before !== undefined && position <= before.position) throw fail(`link ${position} is out of order`);
  if (before?.position === position - 1 && before.hash !== previousHash)
    throw fail(`link ${position} does not follow link ${before.position}`);
}

function verifyProofs(members, events) {
  const byId = new Map(events.map(({ event }) => [event.id, event]));
  for (const { eventId, salt, proof, fail } of linesOf(members, 'proofs.jsonl'))
    if (hex(Buffer.from(salt, 'hex'), proof) !== byId.get(eventId)?.proofDigest)
      throw fail(`this is not the proof of event ${eventId}`);
  const words = new Set(linesOf(members, 'wordings.jsonl').map(({ id }) => id));
  const lost = events.find(({ event }) => event.wordingId !== null && !words.has(event.wordingId));
  if (lost !== undefined) throw lost.fail(`the wording of event ${lost.event.id} is gone`);
}

/** The root that a path of RFC 6962 leads to. */
function rootBy(hash, { position, anchor, path }) {
  let [root, index, last] = [sha256(Buffer.from([0]), Buffer.from(hash, 'hex')), position - 1, anchor - 1];
  for (const sibling of path.map((words) => Buffer.from(words, 'hex'))) {
    if (last === 0) return undefined;
    if (index % 2 === 1 || index === last) {
      root = sha256(Buffer.from([1]), sibling, root);
      while (index % 2 === 0 && index !== 0) [index, last] = [index / 2, Math.floor(last / 2)];
    } else root = sha256(Buffer.from([1]), root, sibling);
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root.toString('hex') : undefined;
}

/** Every linked event stands under the root that was stamped first after it, and under the newest. */
function verifyAnchors(members, { manifest, key }, { events, authority }) {
  const anchors = linesOf(members, 'anchors.jsonl').map((line) => {
    const said = parsed(Buffer.from(line.statement));
    if (said?.tenant !== manifest.tenant.id || said.chain !== 'consent' || said.position !== line.position)
      throw line.fail('this anchor is of another chain');
    return Object.assign(line, { said, stamp: readStamp(line, authority) });
  });
  const newest = anchors.at(-1);
  const paths = linesOf(members, 'paths.jsonl');
  const isUnder = ({ position, hash }, anchor) => {
    const path = paths.find((one) => one.position === position && one.anchor === anchor.position);
    const isHead = position !== anchor.position || hash === anchor.said.head;
    return path !== undefined && rootBy(hash, path) === anchor.said.root && isHead;
  };
  // First the stamps that came first: they tell which event it is; then the newest, which vouches for all.
  for (const choose of [(position) => anchors.find((one) => one.position >= position), () => newest])
    for (const event of events.filter(({ position }) => position !== null)) {
      const anchor = choose(event.position);
      if (anchor === undefined || anchor.position < event.position || isUnder(event, anchor)) continue;
      throw event.fail(
        `event ${event.event.id} is not what stood at link ${event.position} when it was stamped ${anchor.stamp.at}`,
      );
    }
  if (newest !== undefined && newest.said.key !== key)
    throw new Altered(
      'signature.json',
      0,
      'this key signs no evidence of the tenant: another one was stamped',
    );
  return anchors;
}

const oid = {
  signed: '608648016503040201',
  more: { '608648016503040202': 'sha384', '608648016503040203': 'sha512' },
};

/** The elements of DER that stand one behind the other. */
function elements(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length;) {
    const more = bytes[at + 1] < 128 ? 0 : bytes[at + 1] - 128;
    const start = at + 2 + more;
    const length = more === 0 ? bytes[at + 1] : bytes.readUIntBE(at + 2, more);
    if (start + length > bytes.length) throw new RangeError('cut off');
    found.push({
      tag: bytes[at],
      body: bytes.subarray(start, start + length),
      whole: bytes.subarray(at, start + length),
    });
    at = start + length;
  }
  return found;
}
const inside = (element, ...way) => way.reduce((found, position) => elements(found.body)[position], element);

/** What an authority said of a statement, and who it was. */
function readStamp({ statement, token, stampedAt, fail }, authority) {
  try {
    const parts = elements(inside(elements(Buffer.from(token, 'base64'))[0], 1, 0).body);
    const content = inside(parts[2], 1, 0).body;
    const [told] = elements(content);
    if (!inside(told, 2, 1).body.equals(sha256(statement))) throw fail('the time stamp is of something else');
    const at = inside(told, 4)
      .body.toString('latin1')
      .replace(/^(....)(..)(..)(..)(..)(..)(.*)$/, '$1-$2-$3T$4:$5:$6$7');
    if (Date.parse(at) !== Date.parse(stampedAt)) throw fail('the time stamp is of another time');
    return { at, ...signerOf(parts, content, authority) };
  } catch (cause) {
    if (cause instanceof Altered) throw cause;
    throw fail(`the time stamp does not hold: ${cause.message}`);
  }
}

function signerOf(parts, content, authority) {
  const certificates = elements(parts.find(({ tag }) => tag === 0xa0).body).map(
    ({ whole }) => new X509Certificate(whole),
  );
  const [, , algorithm, attributes, , signature] = elements(inside(parts.at(-1), 0).body);
  const name = inside(algorithm, 0).body.toString('hex');
  const digest = name === oid.signed ? 'sha256' : oid.more[name];
  const shown = elements(attributes.body).find(
    (one) => inside(one, 0).body.toString('hex') === '2a864886f70d010904',
  );
  if (!inside(shown, 1, 0).body.equals(createHash(digest).update(content).digest()))
    throw new Error('other content');
  const set = Buffer.concat([Buffer.from([0x31]), attributes.whole.subarray(1)]);
  const signer = certificates.find(({ publicKey }) => verify(digest, set, publicKey, signature.body));
  if (!signer?.keyUsage?.includes('1.3.6.1.5.5.7.3.8')) throw new Error('no authority signed it');
  if (
    authority !== undefined &&
    !isIssued(signer, { known: [...certificates, ...authority], trusted: authority })
  )
    throw new Error('the authority given did not issue its certificate');
  return { signer: signer.subject.replaceAll('\n', ', ') };
}

/** Whether a chain of certificates leads to one of those that are trusted. */
function isIssued(certificate, { known, trusted }, depth = 0) {
  if (trusted.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) return true;
  const issuers = known.filter(
    (one) => one.ca && certificate.checkIssued(one) && certificate.verify(one.publicKey),
  );
  return depth < 6 && issuers.some((issuer) => isIssued(issuer, { known, trusted }, depth + 1));
}

/** The archive as the program writes it: the same files make the same bytes. */
function archiveOf(members, order) {
  const [locals, centrals] = [[], []];
  let offset = 0;
  for (const name of order) {
    const bytes = members.get(name);
    const common = Buffer.alloc(26);
    [
      [20, 0],
      [0x21, 8],
      [name.length, 22],
    ].forEach(([value, at]) => common.writeUInt16LE(value, at));
    [
      [crc32(bytes), 10],
      [bytes.length, 14],
      [bytes.length, 18],
    ].forEach(([value, at]) => common.writeUInt32LE(value, at));
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    locals.push(Buffer.from('PK\x03\x04'), common, Buffer.from(name), bytes);
    centrals.push(Buffer.from('PK\x01\x02\x14\x00'), common, rest, Buffer.from(name));
    offset += 30 + name.length + bytes.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  [8, 10].forEach((at) => end.writeUInt16LE(order.length, at));
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** Walks through a file; answers what holds and what could not be checked, or throws what is altered. */
function verifyEvidence(zip, { authority, key: expected }) {
  const members = unzip(zip);
  const file = verifyBytes(members);
  const events = verifyEvents(members, file.manifest);
  const anchors = verifyAnchors(members, file, { events, authority });
  if (!file.signed) throw new Altered('signature.json', 0, 'this is no signature of the manifest');
  if (expected !== undefined && expected !== file.key)
    throw new Altered('signature.json', 0, 'it was signed by another key than the one given');
  const own = archiveOf(members, file.order);
  if (own.length === zip.length && !own.equals(zip))
    throw new Altered('the archive', firstDifference(own, zip), 'what holds its files together was changed');
  return { ...file, events, anchors, isRepacked: own.length !== zip.length };
}

function warningsOf({ manifest, events, anchors, isRepacked }, { authority }) {
  const newest = anchors.at(-1);
  const waiting = events.filter(({ position }) => position === null).length;
  const newer = events.filter(({ position }) => newest !== undefined && position > newest.position).length;
  const late = events.filter(({ position, event }) => {
    const first = anchors.find((anchor) => anchor.position >= (position ?? Infinity));
    return first !== undefined && Date.parse(first.stamp.at) - Date.parse(event.recordedAt) > LATE_MS;
  });
  return [
    newest === undefined &&
      events.length > 0 &&
      'not anchored: nobody outside vouches for the time of these events',
    newest !== undefined &&
      authority === undefined &&
      `the time stamps were signed by ${newest.stamp.signer}; who issued that certificate was not checked: give --ca FILE`,
    waiting > 0 && `${waiting} events had no place in the chain yet`,
    newer > 0 && `${newer} events are newer than the newest time stamp`,
    late.length > 0 && `${late.length} events were first stamped more than a day after they were recorded`,
    manifest.contact.simulated === true && 'this contact was made under a moved clock: this is no evidence',
    events.some(({ event }) => event.simulated) &&
      'some events were recorded under a moved clock: they are no evidence',
    isRepacked && 'the archive was packed again by another program; its files are as they were',
  ].filter((warning) => warning !== false);
}

function report(found, options) {
  const { manifest, events, anchors, key } = found;
  const proofs = manifest.files.find(({ name }) => name === 'proofs.jsonl');
  const places = events.map(({ position }) => position).filter((position) => position !== null);
  return [
    `holds: ${events.length} events of ${manifest.contact.id} at ${manifest.tenant.legalName}, made ${manifest.madeAt}`,
    places.length > 0 && `chain: links ${places[0]} to ${places.at(-1)}`,
    proofs !== undefined && `signed by key ${key}`,
    ...anchors.map(({ position, stamp }) => `time stamp: ${position} links stood at ${stamp.at}`),
    ...warningsOf(found, options).map((warning) => `warning: ${warning}`),
  ].filter((line) => line !== false);
}

const certificatesIn = (file) =>
  (
    readFileSync(file, 'latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  ).map((pem) => new X509Certificate(pem));

function optionsOf(words) {
  const options = { files: [], authority: undefined, key: undefined };
  for (let at = 0; at < words.length; at += 1) {
    if (words[at] === '--ca') options.authority = certificatesIn(words[(at += 1)] ?? '');
    else if (words[at] === '--key') options.key = words[(at += 1)];
    else options.files.push(words[at]);
  }
  return options;
}

function main(words) {
  try {
    const options = optionsOf(words);
    const [file] = options.files;
    if (options.files.length !== 1 || file === '--help') return [USAGE, file === '--help' ? 0 : 2];
    if (!existsSync(file)) throw new Unreadable('there is no such file');
    return [`${report(verifyEvidence(readFileSync(file), options), options).join('\n')}\n`, 0];
  } catch (cause) {
    if (cause instanceof Altered) return [`altered: ${cause.file} byte ${cause.byte}\n${cause.message}\n`, 1];
    return [`unreadable: ${cause.message}\n`, 2];
  }
}

const [text, status] = main(process.argv.slice(2));
(status === 2 ? process.stderr : process.stdout).write(text);
process.exitCode = status;
