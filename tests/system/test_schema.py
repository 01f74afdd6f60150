"""JSON and NDJSON are what docs/effcompare.schema.json says. Usage: test_schema.py EFFCOMPARE SCHEMA"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import jsonschema
except ImportError:
    print("skipped: there is no jsonschema for Python")
    sys.exit(77)  # as meson understands it

EFFCOMPARE, SCHEMA = sys.argv[1:3]

RECORDS = {
    b"a": {"unlearning_time_seconds": 1.5, "total_steps": 9007199254740993, "tokens_per_second": 0, "method": "A"},
    b"b": {"unlearning_time_seconds": 2, "model_utility": 0.5, "method": "A", "seed": True},
    b"failed": {"schema_version": 1, "status": "failed", "unlearning_time_seconds": 0.1, "method": "B"},
    b"Retrain\xff": {"unlearning_time_seconds": 9, "model_utility": 0.6, "method": "B", "text": "</\u2028\u0007"},
}
COMMANDS = [
    [],
    ["-c", "all"],
    ["-c", "time,time,x=time*2", "--sort", "-time", "--reference", "Retrain*"],
    ["-c", "time,model_utility", "--direction", "model_utility=0.55", "--group-by", "method"],
    ["-c", "time", "--group-by", "method", "--spread", "ci95"],
    ["-c", "nothing"],
    ["--baseline", "a", "--transpose"],
    ["-c", "time,mem,model_utility", "--section", "metrics", "--reference", "Retrain*"],
    ["--section", "method", "--budget", "time <= 3s", "--requests", "1,10"],
    ["-c", "time,model_utility,method", "--direction", "model_utility=0.55", "--baseline", "a", "--transpose"],
    ["-c", "time", "--group-by", "method", "--section", "metrics", "--transpose"],
    ["-c", "time", "--budget", "time<2", "--pareto", "time,model_utility", "--requests", "10", "--price", "EUR 2/h"],
]

# The commands of docs/guide.md, and what they print for the records above.
GUIDE = {
    r"""effcompare -f json | jq -r '.rows[] | select((.values.peak_gpu_memory_mb // infinite) < 9000) | .name'""": "light\n",
    r"""effcompare -f json | jq -r '. as $t | .best[] | "\(.title): \([.rows[] | $t.rows[.].name] | join(", "))"'""":
        "Fastest: a\nMost Memory Efficient: light\nHighest Throughput: \n",
    r"""effcompare -f ndjson | tail -n +2 | jq -r 'select(.status != "completed") | .file'""":
        "saves/unlearn/failed/efficiency_metrics.json\n",
    r"""mkdir sums; for run in saves/unlearn/*; do jq '{hvp: [.audit_records[]?.hvp] | add}' $run/efficiency_metrics.json >sums/${run##*/}.json; done""":
        "",
    r"""effcompare -c time,hvp --join 'sums/{name}.json' -f csv""":
        "experiment,unlearning_time_seconds,hvp,status\na,1.5,,completed\nfailed,0.1,,failed\nheavy,,,completed\nlight,,42,completed\n",
}


def validator(part):
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator({"$ref": "#/$defs/" + part, "$defs": schema["$defs"]})


class Schema(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.tree = os.fsencode(directory.name)
        for name, record in RECORDS.items():
            self.write(name, json.dumps(record))
        self.write(b"bad", '{"total_steps": }')

    def write(self, name, text):
        os.mkdir(os.path.join(self.tree, name))
        with open(os.path.join(self.tree, name, b"efficiency_metrics.json"), "w", encoding="utf-8") as file:
            file.write(text)

    def output(self, *arguments):
        result = subprocess.run([EFFCOMPARE, *arguments, self.tree], capture_output=True)
        self.assertEqual(result.returncode, 3, result.stderr)  # one record is bad
        return result.stdout.decode("utf-8")

    def test_json(self):
        for command in COMMANDS:
            with self.subTest(command=command):
                document = json.loads(self.output("-f", "json", *command))
                validator("table").validate(document)
                self.assertEqual(document["row_count"], len(document["rows"]))
                keys = {column["key"] for column in document["columns"]}
                for row in document["rows"]:
                    self.assertEqual(set(row["values"]), keys)
                    for key in row["ranks"]:
                        self.assertIsNotNone(row["values"][key])
                    for key, marks in row["marks"].items():
                        self.assertEqual(row["ranks"][key] == 1, "best" in marks)

    def test_other_tables(self):
        for arguments in (["--list-metrics"], ["--against", self.tree, self.tree],
                          ["--against", self.tree, "--check", "time<=+5%", "--group-by", "method", self.tree]):
            with self.subTest(arguments=arguments):
                result = subprocess.run([EFFCOMPARE, "-f", "json", *arguments], capture_output=True)
                document = json.loads(result.stdout)
                validator("table").validate(document)
                self.assertGreater(document["row_count"], 0)

    def test_ndjson(self):
        for command in COMMANDS:
            with self.subTest(command=command):
                header, *rows = map(json.loads, self.output("-f", "ndjson", *command).splitlines())
                validator("rows_header").validate(header)
                self.assertEqual(header["row_count"], len(rows))
                for row in rows:
                    validator("row").validate(row)

    def test_both_hold_the_same(self):
        document = json.loads(self.output("-f", "json", "-c", "all"))
        header, *rows = map(json.loads, self.output("-f", "ndjson", "-c", "all").splitlines())
        self.assertEqual(document.pop("rows"), rows)
        self.assertEqual(document.pop("schema"), "effcompare.table")
        self.assertEqual(header.pop("schema"), "effcompare.rows")
        self.assertEqual(document, header)

    def test_the_schema_refuses_what_is_not_described(self):
        document = json.loads(self.output("-f", "json"))
        for change in ({"version": 2}, {"rows": [{"name": "x"}]}, {"surplus": 1}, {"row_count": -1}):
            with self.assertRaises(jsonschema.ValidationError):
                validator("table").validate({**document, **change})

    @unittest.skipUnless(shutil.which("jq"), "there is no jq")
    def test_the_commands_of_the_guide(self):
        os.mkdir(os.path.join(self.tree, b"saves"))
        os.mkdir(os.path.join(self.tree, b"saves/unlearn"))
        for name in (b"a", b"failed"):
            os.rename(os.path.join(self.tree, name), os.path.join(self.tree, b"saves/unlearn", name))
        self.write(b"saves/unlearn/light", '{"peak_gpu_memory_mb": 8000.5, "audit_records": [{"hvp": 10}, {"hvp": 32}]}')
        self.write(b"saves/unlearn/heavy", '{"peak_gpu_memory_mb": 9000.5}')
        env = dict(os.environ, PATH=os.path.dirname(os.path.abspath(EFFCOMPARE)) + ":" + os.environ["PATH"])
        for command, expected in GUIDE.items():
            with self.subTest(command=command):
                output = subprocess.run(command, shell=True, cwd=self.tree, env=env, capture_output=True, text=True)
                self.assertEqual(output.stdout, expected)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
