//! A TCP proxy that damages connections on purpose.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to a connection, once, in one direction, at a random byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineFault {
    /// Both directions end.
    Cut,
    /// This direction ends, the other goes on.
    Truncate,
    /// A byte is changed.
    Corrupt,
    /// A pause.
    Delay,
    /// Silence for good.
    Stall,
}

/// A proxy before `upstream`. One connection in `one_in` is damaged (0: none).
pub struct Proxy {
    pub address: SocketAddr,
    injected: Arc<Mutex<Vec<LineFault>>>,
}

impl Proxy {
    /// `reach` is the number of bytes within which damage is done.
    pub fn start(upstream: SocketAddr, seed: u64, one_in: u64, reach: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let injected = Arc::new(Mutex::new(Vec::new()));
        let noted = injected.clone();
        std::thread::spawn(move || {
            let mut random = fastrand::Rng::with_seed(seed);
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(upstream) else { return };
                let fault = (one_in > 0 && random.u64(..one_in) == 0).then(|| match random.u8(..20) {
                    0..6 => LineFault::Cut,
                    6..10 => LineFault::Truncate,
                    10..16 => LineFault::Corrupt,
                    16..19 => LineFault::Delay,
                    _ => LineFault::Stall,
                });
                // Heads are where the interesting bytes are; half of the damage is done there.
                let reach = if random.bool() { reach } else { 300 };
                let upwards = random.bool();
                let damage = fault.map(|fault| Damage {
                    fault,
                    at: random.u64(..reach),
                    mask: random.u8(1..),
                    noted: noted.clone(),
                });
                let (up, down) = if upwards { (damage, None) } else { (None, damage) };
                pump(client.try_clone().unwrap(), server.try_clone().unwrap(), up);
                pump(server, client, down);
            }
        });
        Self { address, injected }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was really done to connections: damage beyond the end of a transfer is not among it.
    pub fn injected(&self) -> Vec<LineFault> {
        self.injected.lock().unwrap().clone()
    }
}

struct Damage {
    fault: LineFault,
    at: u64,
    mask: u8,
    noted: Arc<Mutex<Vec<LineFault>>>,
}

fn pump(mut from: TcpStream, mut to: TcpStream, mut damage: Option<Damage>) {
    std::thread::spawn(move || {
        let mut buffer = vec![0; 64 << 10];
        let mut passed = 0_u64;
        loop {
            let n = match from.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(n) => n,
            };
            let bytes = &mut buffer[..n];
            if let Some(due) = damage.take_if(|damage| damage.at < passed + n as u64) {
                due.noted.lock().unwrap().push(due.fault);
                let at = (due.at - passed) as usize;
                match due.fault {
                    LineFault::Corrupt => bytes[at] ^= due.mask,
                    LineFault::Delay => {
                        let _ = to.write_all(&bytes[..at]);
                        std::thread::sleep(Duration::from_millis(u64::from(due.mask) / 8));
                        if to.write_all(&bytes[at..]).is_err() {
                            break;
                        }
                        passed += n as u64;
                        continue;
                    }
                    LineFault::Cut => {
                        let _ = to.write_all(&bytes[..at]);
                        let _ = from.shutdown(Shutdown::Both);
                        break;
                    }
                    LineFault::Truncate => {
                        let _ = to.write_all(&bytes[..at]);
                        let _ = to.shutdown(Shutdown::Write);
                        // The sender notices nothing.
                        while from.read(&mut buffer).is_ok_and(|n| n > 0) {}
                        return;
                    }
                    LineFault::Stall => {
                        let _ = to.write_all(&bytes[..at]);
                        while from.read(&mut buffer).is_ok_and(|n| n > 0) {}
                        break;
                    }
                }
            }
            if to.write_all(bytes).is_err() {
                break;
            }
            passed += n as u64;
        }
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}
