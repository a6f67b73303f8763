//! The three boards, and how QEMU is asked for them.

use std::process::{Command, Stdio};

use super::Settings;

/// A board that QEMU emulates.
pub(super) struct Board {
    pub(super) name: &'static str,
    pub(super) target: &'static str,
    emulator: &'static str,
    machine: &'static [&'static str],
}

/// The boards that everything runs on; the first has a network.
pub(super) const BOARDS: [Board; 3] = [
    Board {
        name: "mps2-an386",
        target: "thumbv7em-none-eabihf",
        emulator: "qemu-system-arm",
        machine: &["-M", "mps2-an386", "-cpu", "cortex-m4"],
    },
    Board {
        name: "microbit",
        target: "thumbv6m-none-eabi",
        emulator: "qemu-system-arm",
        machine: &["-M", "microbit", "-cpu", "cortex-m0"],
    },
    Board {
        name: "virt",
        target: "riscv32imc-unknown-none-elf",
        emulator: "qemu-system-riscv32",
        machine: &["-M", "virt", "-bios", "none"],
    },
];

/// QEMU takes a nanosecond for each instruction.
const COUNTER: [&str; 2] = ["-icount", "shift=0"];

/// What a program said, and how it ended.
pub(super) struct Outcome {
    pub(super) code: Option<i32>,
    pub(super) text: String,
}

impl Outcome {
    /// The value of a line `name=value`.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.text
            .lines()
            .filter_map(|line| line.split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// Likewise, a number.
    pub(super) fn number(&self, name: &str) -> Result<u64, String> {
        let value = self.value(name).and_then(|value| value.trim().parse().ok());
        value.ok_or_else(|| format!("the program did not say `{name}`, but:\n{}", self.text))
    }
}

impl Board {
    /// Runs a program that counts its instructions.
    pub(super) fn run_counting(&self, settings: Settings, program: &str) -> Result<Outcome, String> {
        self.emulate(settings, program, &COUNTER, "")
    }

    /// Runs a program on the network, where this machine is 10.0.2.2, with settings for it.
    pub(super) fn run_networked(&self, program: &str, settings: &[String]) -> Result<Outcome, String> {
        self.run_on("user", program, settings, &[])
    }

    /// Likewise, counting its instructions, which takes longer.
    pub(super) fn run_networked_counting(
        &self,
        program: &str,
        settings: &[String],
    ) -> Result<Outcome, String> {
        self.run_on("user", program, settings, &COUNTER)
    }

    /// Likewise, on a network where nobody else is.
    pub(super) fn run_alone(&self, program: &str, settings: &[String]) -> Result<Outcome, String> {
        self.run_on("hubport,hubid=0", program, settings, &[])
    }

    fn run_on(
        &self,
        network: &str,
        program: &str,
        settings: &[String],
        options: &[&str],
    ) -> Result<Outcome, String> {
        let network = format!("{network},model=lan9118");
        let arguments: String = settings.iter().map(|setting| format!(",arg={setting}")).collect();
        let options = [&["-nic", &network], options].concat();
        self.emulate(Settings::Special, program, &options, &format!(",arg=upload{arguments}"))
    }

    fn emulate(
        &self,
        settings: Settings,
        program: &str,
        options: &[&str],
        arguments: &str,
    ) -> Result<Outcome, String> {
        let folder = settings.target_folder();
        let program = format!("{}/{folder}/{}/release/{program}", super::FOLDER, self.target);
        let output = Command::new("timeout")
            .args(["60", self.emulator])
            .args(self.machine)
            .args(["-nographic", "-monitor", "none", "-serial", "null"])
            .args(["-semihosting-config", &format!("enable=on,target=native{arguments}")])
            .args(options)
            .args(["-kernel", &program])
            .current_dir(crate::command::root())
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("`timeout` or `{}` does not start: {error}", self.emulator))?;
        // Semihosting writes to the standard error stream.
        let text = [output.stdout, output.stderr].concat();
        Ok(Outcome { code: output.status.code(), text: String::from_utf8_lossy(&text).into_owned() })
    }
}
