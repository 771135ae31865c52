#!/usr/bin/env python3
"""双随机抽查抽取证书独立核验程序。 Stand-alone verifier of the certificate of a random draw (algorithm mt/1).

    python verify_draw.py certificate.json [--opening opening.json] [--pool pool.jsonl] [--key-id ID]

只用Python 3.8以上标准库，不联网。 Standard library of Python 3.8 or later only; no network.
It shares no code with the system that made the certificate. Lists that a certificate keeps in files are looked for
beside it. --key-id names a key that you know from elsewhere (the authority's notice board, say); then no other holds.

退出码 Exit codes:
  0  全部一致    everything agrees
  1  有不一致    something does not agree
  2  无法读取    a file cannot be read, or the command is wrong
  3  未核验完    what could be checked agrees, but a list's file was not there
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import re
import sys

OK, MISMATCH, UNREADABLE, INCOMPLETE = 0, 1, 2, 3
SEPARATOR = "\x1f"
HIGHEST_WEIGHT = 16
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
HEX32 = re.compile(r"[0-9a-f]{64}")


class MismatchError(Exception):
    """Something does not agree; holds the words in Chinese and in English."""


class FileMissingError(Exception):
    """A list is in a file that is not there; holds its name."""


class UnreadableError(Exception):
    """A file is no JSON document of the expected kind; holds its name."""


def expect(is_true, chinese, english):
    if not is_true:
        raise MismatchError(chinese, english)


# ---------------------------------------------------------------- JSON: strict reading, canonical writing (RFC 8785)


def no_repeats(pairs):
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name is repeated")
    return result


def no_float(text):
    raise ValueError("not an integer: " + text)


def parse(text):
    return json.loads(text, object_pairs_hook=no_repeats, parse_float=no_float, parse_constant=no_float)


# Made once: json.dumps would make one for every text.
TEXTS = json.JSONEncoder(ensure_ascii=False)


def canonical(value):
    """RFC 8785 text of objects, lists, texts, integers, true, false and null; nothing else occurs in a certificate."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    if value is None or isinstance(value, (bool, str)):
        return TEXTS.encode(value)
    if isinstance(value, int) and abs(value) < 2**53:
        return str(value)
    raise ValueError("no canonical form")


def canonical_bytes(value):
    return canonical(value).encode("utf-8")


def sha256(data):
    return hashlib.sha256(data).digest()


def keyed(key, *parts):
    return hmac.digest(key, SEPARATOR.join(parts).encode("utf-8"), "sha256")


def unhex(text, size=32):
    data = bytes.fromhex(text)
    if len(data) != size or data.hex() != text:
        raise ValueError("not " + str(size) + " bytes in lower-case hex")
    return data


# ---------------------------------------------------------------- Ed25519 (RFC 8032)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) >> 2, P)


def point_add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    return ((f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P)


def point_multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def point_decode(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) >> 3, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_holds(key, signature, message):
    a, r, s = point_decode(key), point_decode(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = point_multiply(s, BASE), point_add(r, point_multiply(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def keys_of(certificate):
    """Key id → raw key. The id is computed from algorithm and key, so neither can be exchanged under it."""
    keys = {}
    for key in certificate["keys"]:
        expect(key["algorithm"] == "ed25519", "签名算法不认识", "unknown signature algorithm")
        raw = unhex(key["public_key"])
        keys[sha256(b"ed25519:" + raw).hex()[:32]] = raw
    return keys


def check_signature(keys, key_id, signature, document):
    expect(key_id in keys, "签名所用的密钥不在证书内", "the signing key is not in the certificate")
    holds = ed25519_holds(keys[key_id], unhex(signature, 64), canonical_bytes(document))
    expect(holds, "签名不成立", "the signature does not hold")


# ---------------------------------------------------------------- Merkle trees (RFC 6962)


def leaf_hash(leaf):
    return sha256(b"\x00" + leaf)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


class Tree:
    """The root over leaves that pass by once."""

    def __init__(self):
        self.size, self.nodes = 0, []

    def add(self, leaf):
        node, carry = leaf_hash(leaf), self.size
        while carry & 1:
            node = node_hash(self.nodes.pop(), node)
            carry >>= 1
        self.nodes.append(node)
        self.size += 1

    def root(self):
        if not self.nodes:
            return sha256(b"")
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root


def is_included(leaf, position, size, proof, root):
    if not 0 <= position < size:
        return False
    index, last, node = position, size - 1, leaf_hash(leaf)
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and node == root


# ---------------------------------------------------------------- lists: inline or in files beside the certificate


class Lists:
    """Reads the certificate's lists and compares each with its root in the commitment."""

    def __init__(self, certificate, folder, pool_path):
        self.rows, self.folder = certificate["rows"], folder
        self.paths = {"pool": pool_path} if pool_path else {}
        self.missing = None
        people = certificate["commitment"]["inspectors"]
        self.roots = {
            "pool": {"count": certificate["commitment"]["N"], "root": certificate["commitment"]["pool_root"]},
            "exclusions": certificate["commitment"]["exclusions"],
            "people": people["people"],
            "people_exclusions": people["exclusions"],
            "recusals": people["recusals"],
            "past_visits": people["past_visits"],
        }

    def raw(self, name):
        """The rows as (row, its canonical bytes); a file is hashed on the way."""
        listed = self.rows[name]
        if listed.get("rows") is not None and self.paths.get(name) is None:
            expect(listed.get("file") is None, "名单既在证书内又在文件中", "a list is both inline and in a file")
            for row in listed["rows"]:
                yield row, canonical_bytes(row)
            return
        path = self.paths.get(name) or os.path.join(self.folder, os.path.basename(listed["file"]["name"]))
        if not os.path.isfile(path):
            self.missing = FileMissingError(name, path)
            raise self.missing
        digest, size = hashlib.sha256(), 0
        with open(path, "rb") as stream:
            for line in stream:
                digest.update(line)
                size += len(line)
                row = parse(line.decode("utf-8"))
                yield row, canonical_bytes(row)
        if listed.get("file") is not None:
            is_same = digest.hexdigest() == listed["file"]["sha256"] and size == listed["file"]["byte_count"]
            expect(is_same, "名单文件与证书所记不符", "the list's file is not the one that the certificate names")

    def read(self, name, is_unique=True):
        """The rows, checked for order, repetition, number and root once the last one was taken."""
        tree, last = Tree(), None
        for row, data in self.raw(name):
            mark = row[:1] if is_unique else row
            expect(last is None or mark > last, "名单次序或重复有误：" + name, "rows out of order or repeated: " + name)
            last = mark
            tree.add(data)
            yield row
        committed = self.roots[name]
        expect(tree.size == committed["count"], "名单数目与承诺不符：" + name, "another number of rows: " + name)
        expect(tree.root().hex() == committed["root"], "名单与承诺不符：" + name, "rows differ from C: " + name)


# ---------------------------------------------------------------- the draw


def ticket(seed, blind, weight):
    return min(keyed(seed, "biz", blind, str(turn)) for turn in range(1, weight + 1))


def keep_smallest(kept, limit, item):
    kept.append(item)
    if len(kept) > 2 * limit + 100:
        kept.sort()
        del kept[limit:]


def draw(seed, rows, strata, uniform_k):
    """The drawn subjects in ticket order. The uniform share comes first, then each stratum skips who is drawn."""
    uniform, by_stratum = [], {each["name"]: [] for each in strata}
    for blind, weight, stratum in rows:
        if uniform_k:
            keep_smallest(uniform, uniform_k, (keyed(seed, "uni", blind), blind, weight, stratum))
        item = (ticket(seed, blind, weight), blind, weight, stratum)
        keep_smallest(by_stratum[stratum], uniform_k + max(each["k"] for each in strata), item)
    drawn = [(item, "uniform") for item in sorted(uniform)[:uniform_k]]
    taken = {item[1] for item, _ in drawn}
    for each in strata:
        left = [item for item in sorted(by_stratum[each["name"]]) if item[1] not in taken]
        drawn.extend((item, "stratum") for item in left[: each["k"]])
    return [
        {"blind": item[1], "stratum": item[3], "weight": item[2], "drawn_by": drawn_by, "ticket": item[0].hex()}
        for item, drawn_by in sorted(drawn)
    ]


def assign(seed, drawn, rules, people, recused, visited):
    """Inspectors: subjects in ticket order, per acting body the lowest tickets after recusal, workload, rotation."""
    busy, result = {}, []
    for subject in (each["blind"] for each in drawn):
        for team in rules["teams"]:
            free = [
                ((subject, person) in visited, keyed(seed, "insp", subject, person), person)
                for person, acting_body in people
                if acting_body == team["acting_body"]
                and (subject, person) not in recused
                and (rules["max_visits"] is None or busy.get(person, 0) < rules["max_visits"])
            ]
            chosen = sorted(free)[: team["count"]]
            for _, _, person in chosen:
                busy[person] = busy.get(person, 0) + 1
            picks = [{"blind": p, "ticket": t.hex(), "is_repeat": again} for again, t, p in chosen]
            missing = team["count"] - len(picks)
            result.append({"subject": subject, "acting_body": team["acting_body"], "picks": picks, "missing": missing})
    return result


def check_numbers(text, groups):
    words = text.split(" ")
    expect(len(words) == sum(group["count"] for group in groups), "号码个数不符", "not as many numbers as announced")
    for group in groups:
        own, words = words[: group["count"]], words[group["count"] :]
        for word in own:
            is_fit = re.fullmatch("[0-9]{" + str(len(str(group["highest"]))) + "}", word)
            is_fit = is_fit and group["lowest"] <= int(word) <= group["highest"]
            expect(is_fit, "号码超出公布的范围", "a number is not among those announced")
        if group["is_ascending"]:
            expect(own == sorted(set(own)), "号码未按公布的次序", "numbers are not in the announced order")


def check_time(text):
    expect(TIME.fullmatch(text), "时间格式有误", "a time is not written as it should be")
    return text


# ---------------------------------------------------------------- the checks, in the order in which they are told


class Verifier:
    """One certificate. Every check_… raises MismatchError, or returns words that say what was found."""

    def __init__(self, certificate, folder, pool_path, pinned, openings):
        self.certificate, self.commitment = certificate, certificate["commitment"]
        self.lists = Lists(certificate, folder, pool_path)
        self.pinned, self.openings = pinned, openings
        self.wanted = {opening.get("blind") for opening in openings}
        self.found, self.excluded = {}, set()
        self.pool_blinds = set() if any(opening["kind"] == "draw_full_opening/1" for opening in openings) else None

    def commitment_hash(self):
        return sha256(canonical_bytes(self.commitment))

    def check_certificate_signature(self):
        signed = {name: value for name, value in self.certificate.items() if name != "signature"}
        key_id = self.certificate["key_id"]
        check_signature(keys_of(self.certificate), key_id, self.certificate["signature"], signed)
        check_time(self.certificate["issued_at"])
        if self.certificate["void"] is not None:
            check_time(self.certificate["void"]["voided_at"])
        if self.pinned:
            expect(key_id in self.pinned, "不是您指定的密钥", "signed with another key than the one you named")
        return "密钥编号" + key_id, "key id " + key_id

    def check_commitment(self):
        digest = self.commitment_hash().hex()
        expect(self.commitment["algorithm"] == "mt/1", "算法不认识", "unknown algorithm")
        expect(digest == self.certificate["commitment_sha256"], "承诺值C不符", "the commitment C differs")
        return "C = " + digest, "C = " + digest

    def check_evidence(self):
        evidence, keys = self.certificate["evidence"], keys_of(self.certificate)
        checkpoint = evidence["checkpoint"]
        signed = {name: checkpoint[name] for name in checkpoint if name not in ("signature", "cosignatures")}
        expect(signed["kind"] == "checkpoint/1", "存证检查点种类不符", "not a checkpoint")
        check_signature(keys, checkpoint["key_id"], checkpoint["signature"], signed)
        for each in checkpoint["cosignatures"]:
            check_signature(keys, each["key_id"], each["signature"], signed)
        if self.pinned:
            expect(checkpoint["key_id"] in self.pinned, "不是您指定的密钥", "signed with another key than you named")
        expect(checkpoint["tenant"] == self.commitment["tenant"], "检查点属于别的单位", "another tenant's checkpoint")
        named = evidence["leaf"]["objects"]["commitment"]
        expect(named == self.commitment_hash().hex(), "存证内容不是本次承诺", "the log's leaf holds another commitment")
        proof = [unhex(node) for node in evidence["proof"]]
        leaf, size = canonical_bytes(evidence["leaf"]), checkpoint["tree_size"]
        root = unhex(checkpoint["root_sha256"])
        expect(
            is_included(leaf, evidence["position"], size, proof, root), "存证不在树内", "the leaf is not in the tree"
        )
        at = check_time(checkpoint["at"])
        number = str(evidence["position"] + 1)
        return "存证第" + number + "号，签署于" + at, "entry " + number + ", signed at " + at

    def check_beacons(self):
        beacons, values = self.commitment["beacons"], self.certificate["beacon_values"]
        expect(len(beacons) == len(values) and beacons, "随机源数目不符", "not one value for every beacon")
        covered_at = check_time(self.certificate["evidence"]["checkpoint"]["at"])
        reveals = [each for each in beacons if each["kind"] == "commit_reveal"]
        expect(
            not reveals or len({each["source"] for each in reveals}) == len({each["round"] for each in reveals}) >= 2,
            "封存随机数应来自两个以上部门",
            "committed seeds come from two or more departments",
        )
        last_reveal = max([check_time(each["due_at"]) for each in reveals], default="")
        for number, beacon in enumerate(beacons):
            is_later = beacon["fallback"]["due_at"] > max(last_reveal, beacon["due_at"])
            expect(is_later, "备用随机源过早", "a fallback is not later than what it replaces")
            self.check_beacon(beacon, values[number], covered_at)
        told = "，".join(each["value"] + ("（备用）" if each["used"] == "fallback" else "") for each in values)
        return "均晚于存证：" + told, "all later than the log entry: " + told.replace("（备用）", " (fallback)")

    def check_beacon(self, beacon, value, covered_at):
        is_reveal = beacon["kind"] == "commit_reveal" and value["used"] == "primary"
        expect(beacon["kind"] in ("commit_reveal", "public_lottery"), "随机源种类不认识", "unknown kind of beacon")
        expect(value["used"] in ("primary", "fallback"), "随机源用法不认识", "unknown use of a beacon")
        for each in (beacon, beacon["fallback"]):
            expect(
                check_time(each["due_at"]) > covered_at, "随机源早于存证", "a beacon is not later than the log entry"
            )
        expect(check_time(value["known_at"]) > covered_at, "随机数早于存证", "randomness known before the log entry")
        if is_reveal:
            secret = unhex(value["value"])
            expect(sha256(secret).hex() == beacon["round"], "揭示的随机数与封存不符", "a seed is not the committed one")
            expect(value["known_at"] <= beacon["due_at"], "随机数揭示过晚", "a seed was revealed too late")
            return
        held = beacon["fallback"] if value["used"] == "fallback" else beacon
        expect(value["known_at"] >= held["due_at"], "号码早于开奖", "numbers known before they were drawn")
        check_numbers(value["value"], held["numbers"])

    def seed(self):
        data = b"mt/1" + self.commitment_hash()
        for value in self.certificate["beacon_values"]:
            data += sha256(value["value"].encode("utf-8"))
        return sha256(data)

    def check_seed(self):
        seed = self.seed().hex()
        expect(seed == self.certificate["seed"], "种子不符", "the seed differs")
        return seed, seed

    def pool_rows(self):
        sizes = dict.fromkeys((each["name"] for each in self.commitment["strata"]), 0)
        expect(len(sizes) == len(self.commitment["strata"]), "分层重名", "two strata of one name")
        is_equal = self.commitment["selection"] == "ratio_by_grade"
        expect(is_equal or self.commitment["selection"] == "weighted", "抽取方式不认识", "unknown selection")
        for row in self.lists.read("pool"):
            blind, weight, stratum = row
            expect(HEX32.fullmatch(blind), "代号格式有误", "a blind is not 64 hex digits")
            is_fit = type(weight) is int and 1 <= weight <= (1 if is_equal else HIGHEST_WEIGHT)
            expect(is_fit, "权重超出范围", "a weight is out of range")
            expect(blind not in self.excluded, "既入池又被排除", "both in the pool and excluded")
            expect(stratum in sizes, "分层不在承诺内", "a stratum that was not committed")
            sizes[stratum] += 1
            self.note(blind, ("pool", weight, stratum))
            yield row
        for each in self.commitment["strata"]:
            expect(0 <= each["k"] <= sizes[each["name"]], "抽取数超过该层家数", "more to draw than a stratum has")

    def note(self, blind, place):
        if blind in self.wanted:
            self.found[blind] = place
        if self.pool_blinds is not None:
            self.pool_blinds.add(blind)

    def check_pool_only(self):
        count = str(sum(1 for _ in self.pool_rows()))
        return "入池" + count + "家", count + " in the pool"

    def check_draw(self):
        drawn = draw(self.seed(), self.pool_rows(), self.commitment["strata"], self.commitment["uniform_k"])
        expect(
            canonical(drawn) == canonical(self.certificate["drawn"]),
            "抽中名单或次序不符",
            "other subjects, or in another order",
        )
        size, count = self.commitment["N"], len(drawn)
        return (
            f"入池{size}家，抽中{count}家，名单和次序一致",
            f"{size} in the pool, {count} drawn, members and order agree",
        )

    def check_exclusions(self):
        for blind, reason in self.lists.read("exclusions"):
            self.excluded.add(blind)
            self.note(blind, ("excluded", reason))
        count = len(self.excluded)
        expect(self.commitment["openings"]["count"] == self.commitment["N"] + count, "总数不符", "totals do not agree")
        return f"排除{count}家，均有原因", f"{count} excluded, each with a reason"

    def check_inspectors(self):
        people = list(self.lists.read("people"))
        left_out = sum(1 for _ in self.lists.read("people_exclusions"))
        drawn = {each["blind"] for each in self.certificate["drawn"]}
        recused = {(s, p) for s, p, _ in self.lists.read("recusals", is_unique=False) if s in drawn}
        visited = {(s, p) for s, p in self.lists.read("past_visits", is_unique=False) if s in drawn}
        rules = self.commitment["inspectors"]
        total = len(people) + left_out
        expect(rules["openings"]["count"] == total, "人员总数不符", "the numbers of people do not agree")
        if self.certificate["seed"] is None:
            return f"在册{total}人", f"{total} people"
        found = assign(self.seed(), self.certificate["drawn"], rules, people, recused, visited)
        expect(canonical(found) == canonical(self.certificate["assignments"]), "执法人员不符", "other inspectors")
        picks, missing = sum(len(each["picks"]) for each in found), sum(each["missing"] for each in found)
        return f"派出{picks}人次，缺{missing}人次", f"{picks} places filled, {missing} short"

    def check_no_result(self):
        is_empty = not (
            self.certificate["beacon_values"] or self.certificate["drawn"] or self.certificate["assignments"]
        )
        expect(is_empty, "作废时尚无随机数，却有结果", "results without randomness")
        return "作废时尚未抽取", "voided before anything was drawn"

    def check_opening(self, opening):
        expect(opening["draw_id"] == self.commitment["draw_id"], "不是本次抽取的开启文件", "an opening of another draw")
        if self.lists.missing is not None:
            raise self.lists.missing
        if opening["kind"] == "draw_full_opening/1":
            return self.check_full_opening(opening)
        expect(opening["role"] in ("subject", "inspector"), "开启文件角色不认识", "unknown role")
        is_subject = opening["role"] == "subject"
        tree = self.commitment["openings"] if is_subject else self.commitment["inspectors"]["openings"]
        leaf = canonical_bytes([opening["blind"], opening["identifier"], opening["nonce"]])
        proof = [unhex(node) for node in opening["proof"]]
        holds = is_included(leaf, opening["position"], tree["count"], proof, unhex(tree["root"]))
        expect(holds, "开启文件与承诺不符", "the opening does not fit the commitment")
        who, blind = opening["identifier"], opening["blind"]
        if not is_subject:
            visits = sum(blind in (p["blind"] for p in each["picks"]) for each in self.certificate["assignments"])
            return f"{who}：派出{visits}次", f"{who}: sent {visits} times"
        expect(blind in self.found, "代号不在池内也不在排除名单内", "the blind is neither in the pool nor excluded")
        place = self.found[blind]
        if place[0] == "excluded":
            return f"{who}：已排除，原因{place[1]}", f"{who}: excluded, reason {place[1]}"
        order = [each["blind"] for each in self.certificate["drawn"]]
        if blind in order:
            number = order.index(blind) + 1
            return f"{who}：抽中，第{number}位", f"{who}: drawn, number {number}"
        return f"{who}：在池内，权重{place[1]}，未抽中", f"{who}: in the pool, weight {place[1]}, not drawn"

    def check_full_opening(self, opening):
        salt = unhex(opening["salt"])
        expect(sha256(salt).hex() == self.commitment["salt_sha256"], "盐值与承诺不符", "another salt than committed")
        subjects, people = self.commitment["openings"], self.commitment["inspectors"]["openings"]
        count = len(opening["subjects"])
        for committed, prefix, names in (
            (subjects, (), opening["subjects"]),
            (people, ("person",), opening["people"]),
        ):
            tree, rows = Tree(), sorted((keyed(salt, *prefix, name).hex(), name) for name in names)
            for blind, name in rows:
                tree.add(canonical_bytes([blind, name, keyed(salt, "open", blind).hex()]))
            is_same = tree.size == committed["count"] and tree.root().hex() == committed["root"]
            expect(is_same, "全部开启与承诺不符", "the full opening does not fit the commitment")
            if not prefix:
                is_whole = {blind for blind, _ in rows} == self.pool_blinds
                expect(is_whole, "代号与对象不一一对应", "blinds and subjects do not correspond")
        return f"{count}家全部对应", f"all {count} subjects correspond"

    def checks(self):
        yield "证书签名", "signature of the certificate", self.check_certificate_signature
        yield "承诺值", "commitment", self.check_commitment
        yield "存证", "evidence log", self.check_evidence
        yield "排除名单", "exclusions", self.check_exclusions
        if self.certificate["void"] is not None and self.certificate["seed"] is None:
            yield "作废", "void", self.check_no_result
            yield "抽取池", "pool", self.check_pool_only
        else:
            yield "随机源", "beacons", self.check_beacons
            yield "种子", "seed", self.check_seed
            yield "抽取结果", "result of the draw", self.check_draw
        yield "执法人员", "inspectors", self.check_inspectors
        for opening in self.openings:
            yield "开启文件", "opening", lambda opening=opening: self.check_opening(opening)


def say(text):
    sys.stdout.write(text + "\n")


def run(verifier):
    """Run all checks, tell each, and return the exit code."""
    failed = incomplete = 0
    for chinese, english, check in verifier.checks():
        try:
            mark, words = "一致 ok   ", check()
        except MismatchError as problem:
            mark, words, failed = "不符 FAIL ", problem.args, failed + 1
        except FileMissingError as problem:
            mark, words, incomplete = (
                "未核 ---- ",
                ("缺少名单文件", "file not found: " + problem.args[1]),
                incomplete + 1,
            )
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            mark, words, failed = "不符 FAIL ", ("内容残缺或格式有误", "something is missing or malformed"), failed + 1
        say(f"{mark} {chinese}：{words[0]}\n          {english}: {words[1]}")
    void = verifier.certificate.get("void")
    if void is not None:
        reason = void.get("reason") if isinstance(void, dict) else void
        say(f"注意：本次抽取已作废。原因：{reason}\nNote: this draw is void. Reason: {reason}")
    if failed:
        say(f"结论：有{failed}处不一致。\nVerdict: {failed} checks failed.")
        return MISMATCH
    if incomplete:
        say("结论：已核部分一致，名单文件不全。\nVerdict: what was checked agrees, but files are missing.")
        return INCOMPLETE
    say("结论：全部一致。请将密钥编号与公布的比对。")
    say("Verdict: everything agrees. Compare the key id with the published one.")
    return OK


def load(path, kinds):
    try:
        with open(path, "rb") as stream:
            document = parse(stream.read().decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise UnreadableError(path) from None
    if not isinstance(document, dict) or document.get("kind") not in kinds:
        raise UnreadableError(path)
    return document


def main(arguments=None):
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(
        prog="verify_draw.py", description="核验抽取证书 Verify the certificate of a draw."
    )
    parser.add_argument("certificate", help="证书 certificate (JSON)")
    parser.add_argument("--opening", action="append", default=[], help="开启文件 opening (JSON); repeatable")
    parser.add_argument("--pool", help="抽取池名单 pool list (JSON lines), if not beside the certificate")
    parser.add_argument(
        "--key-id", action="append", default=[], help="认可的密钥编号 key id that you trust; repeatable"
    )
    options = parser.parse_args(arguments)
    try:
        certificate = load(options.certificate, ["draw_certificate/1"])
        openings = [load(path, ["draw_opening/1", "draw_full_opening/1"]) for path in options.opening]
        if options.pool and not os.path.isfile(options.pool):
            raise UnreadableError(options.pool)
        folder = os.path.dirname(os.path.abspath(options.certificate))
        verifier = Verifier(certificate, folder, options.pool, options.key_id, openings)
    except UnreadableError as problem:
        say(f"无法读取：{problem.args[0]}\nCannot read: {problem.args[0]}")
        return UNREADABLE
    except (KeyError, TypeError, AttributeError):
        say("不是完整的证书。\nNot a whole certificate.")
        return UNREADABLE
    return run(verifier)


if __name__ == "__main__":
    sys.exit(main())
