/* Recomputes a draw's certificate (algorithm mt/1) in the browser: the same checks as verify_draw.py.
 *
 *   <section data-verify-draw data-certificate-url="…" data-key-ids="ID ID"
 *            data-text-running="…" data-text-ok="…" data-text-failed="…" data-text-incomplete="…"
 *            data-text-unreadable="…" data-text-unsupported="…" data-text-void="…"
 *            data-text-check-signature="…" data-text-check-commitment="…" …>
 *     <button data-verify-start>…</button>
 *     <progress data-verify-progress hidden></progress>
 *     <p data-verify-result role="status"></p>
 *     <ol data-verify-steps></ol>
 *   </section>
 *
 * All words come from the data attributes. A step is one <li data-state="ok|failed|unchecked"> with the check's text
 * and a <code> with its figure. Runs on ES2019 with WebCrypto and BigInt (Chromium 86), under a policy without inline
 * code. window.verifyDraw(element) returns a promise of the outcome; window.verifyDraw.check(certificate, readFile,
 * report, keyIds) is the same without a page.
 */
(function () {
  'use strict';

  var SEPARATOR = '\u001f';
  var BATCH = 512;
  var subtle = window.crypto && window.crypto.subtle;
  var encoder = new TextEncoder();

  function Mismatch(detail) { this.detail = detail || ''; }
  function FileMissing(name) { this.detail = name; }
  function expect(isTrue, detail) { if (!isTrue) throw new Mismatch(detail); }

  // ---- bytes, hashes and canonical JSON (RFC 8785)

  function bytes(text) { return encoder.encode(text); }
  function hex(data) {
    return Array.from(data, function (byte) { return byte.toString(16).padStart(2, '0'); }).join('');
  }
  function unhex(text, size) {
    expect(typeof text === 'string' && /^([0-9a-f]{2})*$/.test(text) && text.length === 2 * (size || 32), 'hex');
    var data = new Uint8Array(text.length / 2);
    for (var i = 0; i < data.length; i += 1) data[i] = parseInt(text.substr(2 * i, 2), 16);
    return data;
  }
  function join() {
    var parts = Array.from(arguments);
    var result = new Uint8Array(parts.reduce(function (sum, part) { return sum + part.length; }, 0));
    parts.reduce(function (at, part) { result.set(part, at); return at + part.length; }, 0);
    return result;
  }
  async function digest(data, name) { return new Uint8Array(await subtle.digest(name || 'SHA-256', data)); }
  function hmacKey(key) { return subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']); }
  async function keyed(key, parts) {
    return hex(new Uint8Array(await subtle.sign('HMAC', key, bytes(parts.join(SEPARATOR)))));
  }
  function canonical(value) {
    if (Array.isArray(value)) return '[' + value.map(canonical).join(',') + ']';
    if (value !== null && typeof value === 'object') {
      return '{' + Object.keys(value).sort().map(function (name) {
        return JSON.stringify(name) + ':' + canonical(value[name]);
      }).join(',') + '}';
    }
    if (typeof value === 'number') expect(Number.isSafeInteger(value), 'number');
    else expect(value === null || typeof value === 'boolean' || typeof value === 'string', 'json');
    return JSON.stringify(value);
  }
  function isSame(a, b) { return canonical(a) === canonical(b); }
  function without(object, names) {
    return Object.keys(object).reduce(function (rest, name) {
      if (names.indexOf(name) < 0) rest[name] = object[name];
      return rest;
    }, {});
  }
  function compare(a, b) { return a < b ? -1 : a > b ? 1 : 0; }

  // ---- Ed25519 (RFC 8032): WebCrypto of older browsers has none

  function big(number) { return BigInt(number); }
  var ZERO = big(0), ONE = big(1), TWO = big(2), EIGHT = big(8);
  var P = (ONE << big(255)) - big(19);
  var L = (ONE << big(252)) + big('27742317777372353535851937790883648493');
  function mod(a, n) { var rest = a % (n || P); return rest < ZERO ? rest + (n || P) : rest; }
  function power(base, exponent) {
    var result = ONE;
    for (base = mod(base); exponent > ZERO; exponent >>= ONE) {
      if (exponent & ONE) result = mod(result * base);
      base = mod(base * base);
    }
    return result;
  }
  function inverse(a) { return power(a, P - TWO); }
  var D = mod(big(-121665) * inverse(big(121666)));
  var ROOT = power(TWO, (P - ONE) >> TWO);

  function littleEndian(data) { return big('0x' + hex(Array.from(data).reverse())); }
  function pointAdd(a, b) {
    var e = mod((a[1] - a[0]) * (b[1] - b[0])), f = mod((a[1] + a[0]) * (b[1] + b[0]));
    var g = mod(TWO * a[3] * b[3] * D), h = mod(TWO * a[2] * b[2]);
    return [mod((f - e) * (h - g)), mod((h + g) * (f + e)), mod((h - g) * (h + g)), mod((f - e) * (f + e))];
  }
  function pointMultiply(scalar, point) {
    var result = [ZERO, ONE, ONE, ZERO];
    for (; scalar > ZERO; scalar >>= ONE) {
      if (scalar & ONE) result = pointAdd(result, point);
      point = pointAdd(point, point);
    }
    return result;
  }
  function pointDecode(data) {
    var number = littleEndian(data), sign = number >> big(255), y = number & ((ONE << big(255)) - ONE);
    if (y >= P) return null;
    var square = mod((y * y - ONE) * inverse(D * y * y + ONE));
    var x = power(square, (P + big(3)) / EIGHT);
    if (mod(x * x - square) !== ZERO) x = mod(x * ROOT);
    if (mod(x * x - square) !== ZERO || (x === ZERO && sign === ONE)) return null;
    if ((x & ONE) !== sign) x = P - x;
    return [x, y, ONE, mod(x * y)];
  }
  var BASE = pointDecode(unhex('58' + '66'.repeat(31)));

  async function signatureHolds(key, signature, message) {
    var a = pointDecode(key), r = pointDecode(signature.slice(0, 32)), s = littleEndian(signature.slice(32));
    if (!a || !r || s >= L) return false;
    var h = littleEndian(await digest(join(signature.slice(0, 32), key, message), 'SHA-512')) % L;
    var left = pointMultiply(s, BASE), right = pointAdd(r, pointMultiply(h, a));
    return mod(left[0] * right[2] - right[0] * left[2]) === ZERO && mod(left[1] * right[2] - right[1] * left[2]) === ZERO;
  }
  async function keysOf(certificate) {
    var keys = {};
    for (var key of certificate.keys) {
      expect(key.algorithm === 'ed25519', 'algorithm');
      var raw = unhex(key.public_key);
      keys[hex(await digest(join(bytes('ed25519:'), raw))).slice(0, 32)] = raw;
    }
    return keys;
  }
  async function checkSignature(keys, keyId, signature, document_) {
    expect(Object.prototype.hasOwnProperty.call(keys, keyId), 'key');
    expect(await signatureHolds(keys[keyId], unhex(signature, 64), bytes(canonical(document_))), 'signature');
  }

  // ---- Merkle trees (RFC 6962)

  var LEAF = new Uint8Array([0]), NODE = new Uint8Array([1]);
  function leafHash(text) { return digest(join(LEAF, bytes(text))); }
  function nodeHash(left, right) { return digest(join(NODE, left, right)); }
  async function treeRoot(leafHashes) {
    if (!leafHashes.length) return hex(await digest(new Uint8Array(0)));
    var level = leafHashes;
    while (level.length > 1) {
      var next = [];
      for (var i = 0; i + 1 < level.length; i += 2) next.push(nodeHash(level[i], level[i + 1]));
      next = await Promise.all(next);
      if (level.length % 2) next.push(level[level.length - 1]);
      level = next;
    }
    return hex(level[0]);
  }
  async function isIncluded(leaf, position, size, proof, root) {
    if (!Number.isSafeInteger(position) || position < 0 || position >= size) return false;
    var index = big(position), last = big(size - 1), node = await leafHash(leaf);
    for (var sibling of proof) {
      if (last === ZERO) return false;
      if ((index & ONE) || index === last) {
        node = await nodeHash(unhex(sibling), node);
        while (index !== ZERO && !(index & ONE)) { index >>= ONE; last >>= ONE; }
      } else {
        node = await nodeHash(node, unhex(sibling));
      }
      index >>= ONE;
      last >>= ONE;
    }
    return last === ZERO && hex(node) === root;
  }

  // ---- lists, inline or in files

  async function readList(certificate, name, committed, readFile, isPairs, onRows) {
    var listed = certificate.rows[name], lines, rows = [], hashes = [], last = null;
    expect((listed.rows === null) !== (listed.file === null), name);
    if (listed.rows === null) {
      expect(/^[A-Za-z0-9._-]+$/.test(listed.file.name), name);
      var data = await readFile(listed.file.name);
      if (!data) throw new FileMissing(listed.file.name);
      expect(data.length === listed.file.byte_count && hex(await digest(data)) === listed.file.sha256, name);
      lines = new TextDecoder().decode(data).split('\n').slice(0, -1);
    }
    var count = lines ? lines.length : listed.rows.length;
    for (var start = 0; start < count; start += BATCH) {
      var batch = (lines || listed.rows).slice(start, start + BATCH).map(function (each) {
        return lines ? JSON.parse(each) : each;
      });
      for (var row of batch) {
        var mark = isPairs ? row.join(SEPARATOR) : row[0];
        expect(last === null || mark > last, name);
        last = mark;
        rows.push(row);
      }
      hashes.push.apply(hashes, await Promise.all(batch.map(canonical).map(leafHash)));
      if (onRows) onRows(rows.length, count);
    }
    expect(rows.length === committed.count && await treeRoot(hashes) === committed.root, name);
    return rows;
  }

  // ---- the draw

  async function ticketOf(key, blind, weight) {
    var turns = [];
    for (var turn = 1; turn <= weight; turn += 1) turns.push(keyed(key, ['biz', blind, String(turn)]));
    return (await Promise.all(turns)).sort()[0];
  }
  function byTicket(a, b) { return compare(a.ticket, b.ticket) || compare(a.blind, b.blind); }
  function entry(row, drawnBy, ticket) {
    return { blind: row[0], stratum: row[2], weight: row[1], drawn_by: drawnBy, ticket: ticket };
  }
  async function drawSubjects(key, rows, commitment, onRows) {
    var uniform = [], byStratum = new Map(commitment.strata.map(function (each) { return [each.name, []]; }));
    for (var start = 0; start < rows.length; start += BATCH) {
      var batch = rows.slice(start, start + BATCH);
      var tickets = await Promise.all(batch.map(function (row) { return ticketOf(key, row[0], row[1]); }));
      var fair = commitment.uniform_k
        ? await Promise.all(batch.map(function (row) { return keyed(key, ['uni', row[0]]); })) : [];
      batch.forEach(function (row, i) {
        byStratum.get(row[2]).push(entry(row, 'stratum', tickets[i]));
        if (fair.length) uniform.push(entry(row, 'uniform', fair[i]));
      });
      if (onRows) onRows(start + batch.length, rows.length);
    }
    var drawn = uniform.sort(byTicket).slice(0, commitment.uniform_k);
    var taken = new Set(drawn.map(function (each) { return each.blind; }));
    commitment.strata.forEach(function (stratum) {
      var left = byStratum.get(stratum.name).filter(function (each) { return !taken.has(each.blind); });
      drawn = drawn.concat(left.sort(byTicket).slice(0, stratum.k));
    });
    return drawn.sort(byTicket);
  }
  async function assignInspectors(key, drawn, rules, people, recused, visited) {
    var busy = new Map(), result = [];
    for (var subject of drawn.map(function (each) { return each.blind; })) {
      for (var team of rules.teams) {
        var free = people.filter(function (row) {
          return row[1] === team.acting_body && !recused.has(subject + row[0])
            && (rules.max_visits === null || (busy.get(row[0]) || 0) < rules.max_visits);
        });
        var tickets = await Promise.all(free.map(function (row) { return keyed(key, ['insp', subject, row[0]]); }));
        var picks = free.map(function (row, i) {
          return { blind: row[0], ticket: tickets[i], is_repeat: visited.has(subject + row[0]) };
        }).sort(function (a, b) { return a.is_repeat - b.is_repeat || byTicket(a, b); }).slice(0, team.count);
        picks.forEach(function (pick) { busy.set(pick.blind, (busy.get(pick.blind) || 0) + 1); });
        result.push({
          subject: subject, acting_body: team.acting_body, picks: picks, missing: team.count - picks.length
        });
      }
    }
    return result;
  }

  // ---- beacons

  function time(text) {
    expect(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text), 'time');
    return text;
  }
  function checkNumbers(text, groups) {
    var words = text.split(' ');
    expect(words.length === groups.reduce(function (sum, group) { return sum + group.count; }, 0), 'numbers');
    groups.forEach(function (group) {
      var own = words.splice(0, group.count);
      own.forEach(function (word, i) {
        expect(/^[0-9]+$/.test(word) && word.length === String(group.highest).length, 'numbers');
        expect(group.lowest <= Number(word) && Number(word) <= group.highest, 'numbers');
        expect(!group.is_ascending || i === 0 || own[i - 1] < word, 'numbers');
      });
    });
  }
  async function checkBeacons(certificate) {
    var beacons = certificate.commitment.beacons, values = certificate.beacon_values;
    var coveredAt = time(certificate.evidence.checkpoint.at);
    expect(beacons.length > 0 && beacons.length === values.length, 'beacons');
    var reveals = beacons.filter(function (each) { return each.kind === 'commit_reveal'; });
    var sources = new Set(reveals.map(function (each) { return each.source; }));
    var rounds = new Set(reveals.map(function (each) { return each.round; }));
    expect(!reveals.length || (sources.size >= 2 && sources.size === rounds.size), 'departments');
    var lastReveal = reveals.map(function (each) { return time(each.due_at); }).sort().pop() || '';
    for (var i = 0; i < beacons.length; i += 1) {
      var beacon = beacons[i], value = values[i], isFallback = value.used === 'fallback';
      expect(beacon.kind === 'commit_reveal' || beacon.kind === 'public_lottery', beacon.source);
      expect(isFallback || value.used === 'primary', beacon.source);
      expect(time(beacon.due_at) > coveredAt && time(value.known_at) > coveredAt, beacon.source);
      expect(time(beacon.fallback.due_at) > beacon.due_at && beacon.fallback.due_at > lastReveal, beacon.source);
      if (beacon.kind === 'commit_reveal' && !isFallback) {
        expect(hex(await digest(unhex(value.value))) === beacon.round, beacon.source);
        expect(value.known_at <= beacon.due_at, beacon.source);
      } else {
        var held = isFallback ? beacon.fallback : beacon;
        expect(value.known_at >= held.due_at, held.source);
        checkNumbers(value.value, held.numbers);
      }
    }
    return values.map(function (each) { return each.value; }).join(', ');
  }

  // ---- the checks, in the order in which they are told

  async function check(certificate, readFile, report, keyIds) {
    var tell = report || function () {};
    var pinned = keyIds || [], commitment, people, roots, seedKey, outcome = { state: 'ok', steps: [] };
    var excluded = new Set(), C, isVoidEarly;

    async function step(name, work) {
      var result = { name: name, state: 'ok', detail: '' };
      try {
        result.detail = await work();
      } catch (problem) {
        result.state = problem instanceof FileMissing ? 'unchecked' : 'failed';
        result.detail = problem.detail || '';
      }
      outcome.steps.push(result);
      if (result.state === 'failed') outcome.state = 'failed';
      if (result.state === 'unchecked' && outcome.state === 'ok') outcome.state = 'incomplete';
      tell(result);
    }
    function list(name, isPairs, onRows) {
      return readList(certificate, name, roots[name], readFile, isPairs, onRows);
    }
    function progress(part) {
      return function (done, all) { tell({ name: 'draw', state: 'running', done: done, all: all, part: part }); };
    }
    async function pool() {
      var sizes = new Map(commitment.strata.map(function (each) { return [each.name, 0]; }));
      var highest = { ratio_by_grade: 1, weighted: 16 }[commitment.selection];
      expect(sizes.size === commitment.strata.length && highest, 'strata');
      var rows = await list('pool', false, progress('read'));
      rows.forEach(function (row) {
        expect(row.length === 3 && /^[0-9a-f]{64}$/.test(row[0]) && !excluded.has(row[0]), 'pool');
        expect(Number.isSafeInteger(row[1]) && row[1] >= 1 && row[1] <= highest && sizes.has(row[2]), 'pool');
        sizes.set(row[2], sizes.get(row[2]) + 1);
      });
      commitment.strata.forEach(function (each) { expect(each.k >= 0 && each.k <= sizes.get(each.name), each.name); });
      return rows;
    }

    if (!certificate || certificate.kind !== 'draw_certificate/1' || !certificate.commitment || !certificate.rows) {
      return { state: 'unreadable', steps: [] };
    }
    commitment = certificate.commitment;
    people = commitment.inspectors || {};
    roots = {
      pool: { count: commitment.N, root: commitment.pool_root }, exclusions: commitment.exclusions,
      people: people.people, people_exclusions: people.exclusions, recusals: people.recusals,
      past_visits: people.past_visits
    };
    isVoidEarly = certificate.seed === null && certificate.void !== null;

    await step('signature', async function () {
      time(certificate.issued_at);
      if (certificate.void !== null) time(certificate.void.voided_at);
      var signed = without(certificate, ['signature']);
      await checkSignature(await keysOf(certificate), certificate.key_id, certificate.signature, signed);
      expect(!pinned.length || pinned.indexOf(certificate.key_id) >= 0, 'key');
      return certificate.key_id;
    });
    await step('commitment', async function () {
      C = await digest(bytes(canonical(commitment)));
      expect(commitment.algorithm === 'mt/1' && hex(C) === certificate.commitment_sha256, hex(C));
      return hex(C);
    });
    await step('evidence', async function () {
      var evidence = certificate.evidence, checkpoint = evidence.checkpoint, keys = await keysOf(certificate);
      var signed = without(checkpoint, ['signature', 'cosignatures']);
      expect(signed.kind === 'checkpoint/1' && checkpoint.tenant === commitment.tenant, 'checkpoint');
      await checkSignature(keys, checkpoint.key_id, checkpoint.signature, signed);
      for (var each of checkpoint.cosignatures) await checkSignature(keys, each.key_id, each.signature, signed);
      expect(!pinned.length || pinned.indexOf(checkpoint.key_id) >= 0, 'key');
      expect(evidence.leaf.objects.commitment === hex(C), 'leaf');
      var leaf = canonical(evidence.leaf), size = checkpoint.tree_size;
      expect(await isIncluded(leaf, evidence.position, size, evidence.proof, checkpoint.root_sha256), 'leaf');
      return time(checkpoint.at);
    });
    await step('exclusions', async function () {
      (await list('exclusions')).forEach(function (row) { excluded.add(row[0]); });
      expect(commitment.openings.count === commitment.N + excluded.size, 'count');
      return String(excluded.size);
    });
    if (isVoidEarly) {
      await step('void', async function () {
        expect(!certificate.beacon_values.length && !certificate.drawn.length && !certificate.assignments.length, '');
        return '';
      });
      await step('pool', async function () { return String((await pool()).length); });
    } else {
      await step('beacons', function () { return checkBeacons(certificate); });
      await step('seed', async function () {
        var parts = [bytes('mt/1'), C];
        for (var value of certificate.beacon_values) parts.push(await digest(bytes(value.value)));
        var seed = await digest(join.apply(null, parts));
        seedKey = await hmacKey(seed);
        expect(hex(seed) === certificate.seed, hex(seed));
        return hex(seed);
      });
      await step('draw', async function () {
        var drawn = await drawSubjects(seedKey, await pool(), commitment, progress('draw'));
        expect(isSame(drawn, certificate.drawn), '');
        return drawn.length + ' / ' + commitment.N;
      });
    }
    await step('inspectors', async function () {
      var rows = await list('people'), leftOut = await list('people_exclusions');
      var recusals = await list('recusals', true), visits = await list('past_visits', true);
      function pair(row) { return row[0] + row[1]; }
      expect(people.openings.count === rows.length + leftOut.length, 'count');
      if (isVoidEarly) return '';
      var recused = new Set(recusals.map(pair)), visited = new Set(visits.map(pair));
      var found = await assignInspectors(seedKey, certificate.drawn, people, rows, recused, visited);
      expect(isSame(found, certificate.assignments), '');
      return String(found.reduce(function (sum, each) { return sum + each.picks.length; }, 0));
    });
    return outcome;
  }

  // ---- the page

  async function verifyDraw(element) {
    var data = element.dataset, url = new URL(data.certificateUrl, document.baseURI);
    var result = element.querySelector('[data-verify-result]'), steps = element.querySelector('[data-verify-steps]');
    var bar = element.querySelector('[data-verify-progress]'), start = element.querySelector('[data-verify-start]');

    function words(name) { return data['text' + name.charAt(0).toUpperCase() + name.slice(1)] || name; }
    function tell(state, extra) {
      element.dataset.state = state;
      if (result) result.textContent = words(state) + (extra || '');
    }
    function report(each) {
      if (each.state === 'running') {
        if (bar) { bar.max = each.all; bar.value = each.done; }
        return;
      }
      if (!steps) return;
      var item = document.createElement('li'), code = document.createElement('code');
      item.dataset.state = each.state;
      item.dataset.check = each.name;
      item.textContent = words('check' + each.name.charAt(0).toUpperCase() + each.name.slice(1)) + ' ';
      code.textContent = each.detail;
      item.appendChild(code);
      steps.appendChild(item);
    }
    async function readFile(name) {
      var response = await fetch(new URL(name, url), { credentials: 'same-origin' });
      return response.ok ? new Uint8Array(await response.arrayBuffer()) : null;
    }

    if (!subtle) {
      tell('unsupported');
      return { state: 'unsupported', steps: [] };
    }
    if (steps) steps.textContent = '';
    if (start) start.disabled = true;
    if (bar) { bar.hidden = false; bar.removeAttribute('value'); }
    tell('running');
    var outcome = { state: 'unreadable', steps: [] };
    try {
      var response = await fetch(url, { credentials: 'same-origin', headers: { Accept: 'application/json' } });
      if (response.ok) {
        var certificate = JSON.parse(await response.text());
        outcome = await check(certificate, readFile, report, (data.keyIds || '').split(' ').filter(Boolean));
        outcome.isVoid = Boolean(certificate && certificate.void);
      }
    } catch (problem) {
      outcome = { state: 'unreadable', steps: [] };
    }
    tell(outcome.state, outcome.isVoid ? ' ' + words('void') : '');
    if (start) start.disabled = false;
    if (bar) bar.hidden = true;
    return outcome;
  }

  verifyDraw.check = check;
  window.verifyDraw = verifyDraw;

  function bind() {
    document.querySelectorAll('[data-verify-draw]').forEach(function (element) {
      var start = element.querySelector('[data-verify-start]');
      if (start) start.addEventListener('click', function () { verifyDraw(element); });
    });
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', bind);
  else bind();
}());
