"""核对条款清单与政策文本：引文是否照录原文，所列规则是否存在。

用法：python3 policies/qujing/check_quotes.py 原文.txt

1. provisions.csv 的每段引文（以 ⋯ 分段）是原文的一部分；
2. encoded 一栏所列的文件存在，所列的规则在其中有定义，文件注明了该行的编号；
3. 各 .md 的引文（“> ”开头，[!NOTE] 除外）逐行是原文的一部分。
"""

import csv
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent


def rules(text):
    """文中 fen 代码块里定义的名称。"""
    blocks = re.findall(r"^```fen$(.*?)^```$", text, re.M | re.S)
    code = "\n".join(blocks)
    names = set(re.findall(r"^(?:增设 )?(?:指标 |累计 |关联 )?(\w+)\s*(?:=|分档|定档)", code, re.M))
    names |= set(re.findall(r"(?:->|,) *(\w+) +\d+%", code))
    return names | set(re.findall(r"-> (\w+)$", code, re.M))


def quotes(text):
    """文中的引文，附行号；[!NOTE] 开头的整段不算。"""
    note = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith(">"):
            note = False
            continue
        words = line[1:].strip()
        note = note or words.startswith("[!")
        if words and not note:
            yield number, words


def main(path):
    notice = pathlib.Path(path).read_text(encoding="utf-8")
    faults = []
    with open(HERE / "provisions.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    parts = 0
    for row in rows:
        for part in row["quote"].split("⋯"):
            parts += 1
            if part.strip() not in notice:
                faults.append(f"{row['id']}：原文没有“{part.strip()}”")
        for place in row["encoded"].split(";"):
            name, _, wanted = place.strip().partition(":")
            file = HERE / name
            if not file.exists():
                faults.append(f"{row['id']}：没有 {name}")
                continue
            text = file.read_text(encoding="utf-8")
            known = rules(text)
            for rule in filter(None, (rule.strip() for rule in wanted.split(","))):
                if rule not in known:
                    faults.append(f"{row['id']}：{name} 没有规则“{rule}”")
            if row["id"] not in text and row["id"].rstrip("abcd") not in text:
                faults.append(f"{row['id']}：{name} 没有注明编号")
    lines = 0
    for file in sorted(HERE.rglob("*.md")):
        for number, words in quotes(file.read_text(encoding="utf-8")):
            lines += 1
            if words not in notice:
                faults.append(f"{file.relative_to(HERE)}:{number}：原文没有“{words}”")
    for fault in faults:
        print(fault)
    print(f"{len(rows)} 行，引文 {parts} 段；政策引文 {lines} 行；问题 {len(faults)} 处")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
