use std::io::Read;
fn main() {
    let a: Vec<usize> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let mut d = akiba_vision::Detector::default();
    let mut all = vec![]; std::io::stdin().read_to_end(&mut all).unwrap();
    let t = std::time::Instant::now();
    for f in all.chunks_exact(a[0] * a[1] * 4) {
        let v: Vec<String> = d.faces(akiba_vision::Frame::new(f, a[0], a[1]).unwrap()).iter().map(|f| format!("{} {} {} {} {} {}", f.score, f.bounds.left, f.bounds.top, f.bounds.width, f.bounds.height, f.keypoints.iter().map(|p| format!("{} {}", p.x, p.y)).collect::<Vec<_>>().join(" "))).collect();
        println!("{}", v.join(";"));
    }
    eprintln!("{:?} a frame", t.elapsed() / (all.len() / (a[0] * a[1] * 4)) as u32);
}
