"""Sends the lines of standard input through a program on Spark, and prints what it answers.

    spark_pipe.py FOLDER CORES PROGRAM [ARGUMENT ...]

Spark reads and writes files, so the lines stand in FOLDER on their way in and out.
"""

import os
import pathlib
import shlex
import shutil
import sys

from pyspark import SparkConf, SparkContext

folder, cores, *program = sys.argv[1:]
folder = pathlib.Path(folder).absolute()
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
with open(folder / "requests", "wb") as requests:
    shutil.copyfileobj(sys.stdin.buffer, requests, 1 << 20)

conf = SparkConf().setMaster(f"local[{cores}]").setAppName("oss-presign batch").set("spark.ui.enabled", "false")
with SparkContext(conf=conf) as spark:
    spark.setLogLevel("ERROR")
    # `pipe` hands on no environment but the one it is given, and takes an exit status for nothing unless it is told to.
    credentials = {name: value for name, value in os.environ.items() if name.startswith("OSS_")}
    lines = spark.textFile((folder / "requests").as_uri())
    lines.pipe(shlex.join(program), env=credentials, checkCode=True).saveAsTextFile((folder / "signed").as_uri())

for part in sorted((folder / "signed").glob("part-*")):
    with open(part, "rb") as signed:
        shutil.copyfileobj(signed, sys.stdout.buffer, 1 << 20)
shutil.rmtree(folder)
